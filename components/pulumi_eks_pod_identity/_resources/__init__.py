"""Registers resources, one function per resource, and builds the trust policies that roles get."""
