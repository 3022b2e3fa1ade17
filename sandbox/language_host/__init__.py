"""The sandbox's stand-in for the Python language host: runs Python programs, component plugins and policy packs."""
