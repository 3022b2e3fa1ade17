"""`eks-pod-identity rules`: lists the rules, or explains one."""

from pathlib import Path

import click

from eks_pod_identity.rules.catalogue import RULES


@click.command
@click.argument("code", required=False)
@click.option(
    "--markdown",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIRECTORY",
    help="Write the whole reference as Markdown: rules.md, and a page for each family in rules/.",
)
def rules(code: str | None, directory: Path | None) -> None:
    """List the rules, or explain the one with CODE."""
    from eks_pod_identity.rules.reference import explanation  # noqa: PLC0415 - a list does not need it

    if directory is not None:
        _write(directory)
    elif code is None:
        for rule in RULES.values():
            click.echo(f"{rule.code}  {rule.level.value:<9}  {rule.policy:<27}  {rule.title}")
    elif code.strip("[]").upper() in RULES:
        click.echo(explanation(RULES[code.strip("[]").upper()]), nl=False)
    else:
        raise click.BadParameter(f'There is no rule "{code}"; `eks-pod-identity rules` lists them.', param_hint="CODE")


def _write(directory: Path) -> None:
    from eks_pod_identity.rules.reference import pages  # noqa: PLC0415 - as above

    try:
        for name, text in pages():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or directory} cannot be written: {error.strerror}. Choose a directory that is writable."
        ) from error
    click.echo(f"Wrote the reference of {len(RULES)} rules to {directory}.")
