"""The command line `eks-pod-identity`. A command's own imports happen when it runs."""

from __future__ import annotations

import importlib
from typing import Final

import click

_COMMANDS: Final = {
    "policy-pack": "eks_pod_identity.cli.policy_pack:policy_pack",
    "rules": "eks_pod_identity.cli.rules:rules",
}


class _Commands(click.Group):
    """Loads a command when it is called or asked about."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted({*super().list_commands(ctx), *_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in _COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pulumi-eks-pod-identity")
def main() -> None:
    """Tools for EKS Pod Identity: policy packs, audits and the rules behind them."""
