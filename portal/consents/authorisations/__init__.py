"""Authorisations: which companies may read a customer's readings, of which points, how finely, until when."""
