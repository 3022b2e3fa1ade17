"""Turns arguments into validated models. Raises the one error of the package, and creates nothing."""
