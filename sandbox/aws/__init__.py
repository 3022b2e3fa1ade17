"""AWS for the sandbox: the MiniStack emulator in its own environment, corrected where it differs from AWS."""

from sandbox.aws.server import Aws, service_headers, start_aws

__all__ = ["Aws", "service_headers", "start_aws"]
