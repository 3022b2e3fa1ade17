"""AWS for the sandbox: the MiniStack emulator in an environment of its own, its differences from AWS corrected."""

from sandbox.aws.server import Aws, service_headers, start_aws

__all__ = ["Aws", "service_headers", "start_aws"]
