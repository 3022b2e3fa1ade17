"""`eks-pod-identity policy-pack`: the policies in another repository, and audits of saved state."""

import json
import os
import shlex
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
"""The policy pack `eks-pod-identity`. Add your own policies to the list, or remove some."""

from eks_pod_identity_policies import PACK_NAME, POLICIES
from pulumi_policy import PolicyPack

PolicyPack(PACK_NAME, POLICIES)
'''
_REQUIREMENTS = """\
{library}
pulumi-policy>=1.18.1,<2
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
    help="The requirement to install the policies from: a version, a wheel or a URL.",
)
@click.option(
    "--virtualenv",
    default="venv",
    show_default=True,
    help="The virtual environment of the pack, relative to DIRECTORY.",
)
def init(directory: Path, library: str, virtualenv: str) -> None:
    """Write the three files of a policy pack into DIRECTORY.

    Leaves other files in DIRECTORY alone, and writes nothing if one of the three exists.
    """
    if Path(library).is_file():
        library = str(Path(library).resolve())  # pip resolves relative paths from its own working directory
    files = {
        "PulumiPolicy.yaml": _MANIFEST.format(version=__version__, virtualenv=json.dumps(virtualenv)),
        "__main__.py": _ENTRY,
        "requirements.txt": _REQUIREMENTS.format(library=library),
    }
    present = [name for name in files if os.path.lexists(directory / name)]
    if present:
        raise click.ClickException(f"{directory} already has {', '.join(present)}; nothing was written.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or directory} cannot be written: {error.strerror}. Choose a directory that is writable."
        ) from error
    environment = directory / virtualenv
    click.echo(f"Wrote {', '.join(files)} to {directory}. Then:")
    for command in (
        ("python3", "-m", "venv", environment),
        (environment / "bin" / "pip", "install", "-r", directory / "requirements.txt"),
        ("pulumi", "preview", "--policy-pack", directory),
    ):
        click.echo(f"  {shlex.join(map(str, command))}")


@policy_pack.command
@click.argument("states", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--policy-pack",
    "pack",
    default="policies",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder of the policy pack.",
)
@click.option("--config", type=click.Path(path_type=Path), help="Policy configuration, as JSON.")
@click.option("--pulumi", default="pulumi", show_default=True, help="The Pulumi CLI.")
@click.option("--sarif", type=click.Path(path_type=Path), help="Write the findings as SARIF 2.1.0.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write the findings as JUnit XML.")
def audit(
    *,
    states: tuple[Path, ...],
    pack: Path,
    config: Path | None,
    pulumi: str,
    sarif: Path | None,
    junit: Path | None,
) -> None:
    """Judge exported STATES (`pulumi stack export`) without a program, a provider or a login.

    Exits with 1 if a mandatory rule is violated, and with 2 if a state cannot be judged, a report cannot be written,
    or an option is wrong.
    """
    from eks_pod_identity.cli import audit as run  # noqa: PLC0415 - an audit alone needs it
    from eks_pod_identity.cli.files import write_text  # noqa: PLC0415 - likewise
    from eks_pod_identity.cli.reports import junit_of, sarif_of  # noqa: PLC0415 - likewise

    reports = {"--sarif": sarif, "--junit": junit}
    problems = run.problems_of(states=states, pack=pack, config=config, pulumi=pulumi, reports=reports)
    if problems:
        raise click.UsageError("nothing was judged:\n" + "\n".join(f"- {problem}" for problem in problems))
    audits = [run.audit(state, pack=pack, config=config, pulumi=pulumi) for state in states]
    for audited in audits:
        click.echo(run.text_of(audited))
    click.echo(run.summary_of(audits))
    errors = [unjudged] if (unjudged := run.explain_unjudged(audits)) else []
    for path, text in ((sarif, sarif_of), (junit, junit_of)):
        problem = write_text(path, text(audits)) if path is not None else ""
        errors += [f"{path} {problem}."] if problem else []
    for error in errors:
        click.echo(f"Error: {error}", err=True)
    raise SystemExit(2 if errors else run.status_of(audits))
