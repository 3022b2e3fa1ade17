"""Builds the Go programs of the sandbox from pinned modules, and chooses the Pulumi CLI."""

from sandbox.engine.build import binaries
from sandbox.engine.cli import PulumiCli, pulumi_cli
from sandbox.engine.progress import Progress
from sandbox.engine.recipes import RECIPES

__all__ = ["RECIPES", "Progress", "PulumiCli", "binaries", "pulumi_cli"]
