"""Mandates that people give here: by invitation, until a day, narrower at any time, and ended by either side."""
