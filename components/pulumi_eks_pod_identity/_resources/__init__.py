"""Registers resources: one function per resource, without decisions."""
