"""`eks-pod-identity rules`: what the rules are, and what one of them means."""

import click

from eks_pod_identity.rules import RULES


@click.command
@click.argument("code", required=False)
@click.option("--markdown", is_flag=True, help="Print the whole reference as Markdown.")
def rules(code: str | None, markdown: bool) -> None:
    """List the rules, or explain the one with CODE."""
    from eks_pod_identity.rules.reference import explanation, reference  # noqa: PLC0415 - a list needs neither

    if markdown:
        click.echo(reference(), nl=False)
    elif code is None:
        for rule in RULES.values():
            click.echo(f"{rule.code}  {rule.level.value:<9}  {rule.policy:<27}  {rule.title}")
    elif code.strip("[]").upper() in RULES:
        click.echo(explanation(RULES[code.strip("[]").upper()]), nl=False)
    else:
        raise click.BadParameter(f'there is no rule "{code}"; `eks-pod-identity rules` lists them.', param_hint="CODE")
