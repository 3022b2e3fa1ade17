"""The sandbox's stand-in for the AWS resource plugin (`pulumi-resource-aws`).

The official plugin cannot be built from the package registries, so the sandbox provides this one. It implements the
engine's plugin protocol and the resource types and functions that the components, the stacks and the examples use, and
behaves as the official provider does. It is never used outside the sandbox, and its version, schema and errors say so.

    python -m sandbox.aws_plugin ENGINE-ADDRESS

listens on a free loopback port, which it prints to standard output, until the engine stops it.
"""

VERSION = "7.51.1"
"""The version of the official provider that this stand-in follows: that of the locked `pulumi-aws` package."""

STAND_IN = "the sandbox's stand-in for the AWS plugin"
"""This plugin's name in its messages."""
