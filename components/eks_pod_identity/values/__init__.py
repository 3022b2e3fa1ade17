"""Checks of single values: names, ARNs, tags, scalars and plain data."""
