"""The command line `eks-pod-identity`."""

from eks_pod_identity.cli.commands import main

__all__ = ["main"]
