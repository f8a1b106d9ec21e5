"""Passkeys: whose they are, and the challenges that they answer."""
