"""`eks-pod-identity policy-pack`: the policies in another repository, and audits of saved state."""

from __future__ import annotations

from pathlib import Path

import click

from eks_pod_identity._version import __version__

_MANIFEST = """\
description: Tagging, trust and session policies of EKS Pod Identity
version: {version}
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: {virtualenv}
"""
_ENTRY = '''\
"""The policy pack `eks-pod-identity`. Add policies of your own to the list, or leave some out."""

from eks_pod_identity_policies import PACK_NAME, POLICIES
from pulumi_policy import PolicyPack

PolicyPack(PACK_NAME, POLICIES)
'''
_REQUIREMENTS = """\
{library}
pulumi-policy>=1.21,<2
"""


@click.group("policy-pack")
def policy_pack() -> None:
    """Write a policy pack, or audit saved state with one."""


@policy_pack.command
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--library",
    default=f"pulumi-eks-pod-identity=={__version__}",
    show_default=True,
    help="The requirement that brings the policies: a version, a wheel or an address.",
)
@click.option(
    "--virtualenv", default="venv", show_default=True, help="The environment the pack runs in, relative to DIRECTORY."
)
def init(directory: Path, library: str, virtualenv: str) -> None:
    """Write the three files of a policy pack into DIRECTORY."""
    files = {
        "PulumiPolicy.yaml": _MANIFEST.format(version=__version__, virtualenv=virtualenv),
        "__main__.py": _ENTRY,
        "requirements.txt": _REQUIREMENTS.format(library=library),
    }
    present = [name for name in files if (directory / name).exists()]
    if present:
        raise click.ClickException(f"{directory} has {', '.join(present)} already; nothing was written.")
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    environment = directory / virtualenv
    click.echo(f"Wrote {', '.join(files)} to {directory}. Then:")
    click.echo(f"  python3 -m venv {environment}")
    click.echo(f"  {environment}/bin/pip install -r {directory}/requirements.txt")
    click.echo(f"  pulumi preview --policy-pack {directory}")


@policy_pack.command
@click.argument("states", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--policy-pack", "pack", default="policies", show_default=True, help="Folder of the policy pack.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False), help="Policy configuration, as JSON.")
@click.option("--pulumi", default="pulumi", show_default=True, help="The Pulumi CLI.")
@click.option("--sarif", type=click.Path(dir_okay=False, path_type=Path), help="Write the findings as SARIF 2.1.0.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write the findings as JUnit XML.")
def audit(
    *, states: tuple[Path, ...], pack: str, config: str | None, pulumi: str, sarif: Path | None, junit: Path | None
) -> None:
    """Judge exported STATES (`pulumi stack export`) without a program, a provider or a login.

    Ends with 1 when a mandatory rule is violated, with 2 when a state could not be judged at all.
    """
    from eks_pod_identity.cli import audit as run  # noqa: PLC0415 - as every command
    from eks_pod_identity.cli.reports import junit_of, sarif_of  # noqa: PLC0415

    audits = [run.audit(state, pack=pack, config=config, pulumi=pulumi) for state in states]
    for one in audits:
        click.echo(run.text_of(one))
    click.echo(run.summary_of(audits))
    if sarif is not None:
        sarif.write_text(sarif_of(audits), encoding="utf-8")
    if junit is not None:
        junit.write_text(junit_of(audits), encoding="utf-8")
    raise SystemExit(run.status_of(audits))
