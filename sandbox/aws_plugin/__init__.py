"""The sandbox's stand-in for the AWS resource plugin (`pulumi-resource-aws`).

Upstream's plugin cannot be built from the package registries, so the sandbox brings this one: it speaks the engine's plugin
protocol and serves the few resource types and functions that the components, the stacks and the examples use, with the
observable behaviour of the official provider. It is never used outside the sandbox, and says so in its version, its schema and
its errors.

    python -m sandbox.aws_plugin ENGINE-ADDRESS

serves on a free loopback port, printed on standard output, until the engine ends it.
"""

VERSION = "7.51.1"
"""The version of the official provider whose behaviour this stand-in follows (that of the `pulumi-aws` package in the locks)."""

STAND_IN = "the sandbox's stand-in for the AWS plugin"
"""What this plugin calls itself in its messages."""
