"""The self-service customer portal of an energy utility."""
