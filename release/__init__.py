"""Builds and checks what a release publishes: `make release-check`, or `python -m release [--tag vX.Y.Z]`."""
