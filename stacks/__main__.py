"""The program of every environment: creates the identities in the stack's file."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The components of this repository, so that plain `pulumi up` works without installing them.
sys.path.insert(0, str(ROOT / "components"))

import pulumi  # noqa: E402 - after the path

from program import deploy  # noqa: E402 - likewise
from validation import load  # noqa: E402 - likewise

deploy(load(pulumi.Config(), ROOT / "stacks" / f"Pulumi.{pulumi.get_stack()}.yaml"))
