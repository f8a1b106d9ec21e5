"""Registers of meters: what they showed when they were read, by hand or at a change of meter."""
