"""The documents that the library writes: trust policies and session policies."""
