"""The cast: people whose sessions tests may use."""
