"""Passwords: what makes one, whose they are, and how often one may be tried."""
