"""The command line `eks-pod-identity`. A command's own imports happen when it runs."""

import difflib
import importlib

import click

from eks_pod_identity._version import __version__

_COMMANDS = {
    "policy-pack": "eks_pod_identity.cli.policy_pack:policy_pack",
    "rules": "eks_pod_identity.cli.rules:rules",
}


class _Commands(click.Group):
    """Imports a command when it is called or its help is requested."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command with this name."""
        if cmd_name not in _COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command, or suggest the one that was probably intended."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="eks-pod-identity")
def main() -> None:
    """Tools for EKS Pod Identity: policy packs, audits and the rules behind them."""
