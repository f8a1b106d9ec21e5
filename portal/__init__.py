"""The self-service customer portal of an energy utility."""

VERSION = "0.1.0"
