"""The choice of the Pulumi CLI: one on PATH, or a built one."""

import io
from pathlib import Path

import pytest

from sandbox.engine import Progress, pulumi_cli
from sandbox.processes import SandboxError


def install_pulumi(folder: Path, version: str, *, language_host: bool = True) -> Path:
    folder.mkdir(exist_ok=True)
    pulumi = folder / "pulumi"
    pulumi.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo {version}\n')
    pulumi.chmod(0o755)
    if language_host:
        (folder / "pulumi-language-python").touch(0o755)
    return pulumi


@pytest.mark.parametrize("version", ["v3.259.0", "v3.260.0", "v4.0.0", "3.259.1", "v3.300.0-alpha.1"])
def test_a_suitable_pulumi_on_the_path_is_preferred(fake_go, version):
    path = install_pulumi(fake_go.folder, version)
    seen = io.StringIO()

    cli = pulumi_cli(progress=Progress(seen))

    assert (path, version, False) == (cli.path, cli.version, cli.built)
    assert f"Pulumi engine: {version}, found on PATH ({path})\n" == seen.getvalue()
    assert fake_go.builds == []


def test_a_suitable_pulumi_needs_no_go(fake_go):
    path = install_pulumi(fake_go.folder, "v3.259.0")
    (fake_go.folder / "go").unlink()

    assert path == pulumi_cli().path


@pytest.mark.parametrize("version", ["v3.258.9", "v3.99.0", "v2.300.0"])
def test_an_older_pulumi_is_skipped_with_the_reason(fake_go, version):
    install_pulumi(fake_go.folder, version)
    seen = io.StringIO()

    cli = pulumi_cli(progress=Progress(seen))

    assert cli.built
    assert fake_go.builds == ["pulumi"]
    assert f"is not used: its version {version} is older than v3.259.0" in seen.getvalue()
    assert "Pulumi engine: v3.259.0, built from its Go module" in seen.getvalue()


def test_a_pulumi_without_its_language_host_is_skipped(fake_go):
    install_pulumi(fake_go.folder, "v3.259.0", language_host=False)
    seen = io.StringIO()

    cli = pulumi_cli(progress=Progress(seen))

    assert cli.built
    assert "there is no pulumi-language-python next to it" in seen.getvalue()


def test_the_language_host_is_looked_for_where_a_link_leads(fake_go, tmp_path):
    real = install_pulumi(tmp_path / "pulumi", "v3.259.0")
    link = fake_go.folder / "pulumi"
    link.symlink_to(real)

    assert link == pulumi_cli().path


def test_a_pulumi_that_reports_no_version_is_skipped(fake_go):
    install_pulumi(fake_go.folder, "")
    seen = io.StringIO()

    cli = pulumi_cli(progress=Progress(seen))

    assert cli.built
    assert "it does not report its version" in seen.getvalue()


def test_without_any_pulumi_it_is_built(fake_go):
    cli = pulumi_cli()

    assert cli.built
    assert cli.path.read_text() == "binary of pulumi"


def test_neither_a_pulumi_nor_go_gives_one_error_with_both_remedies(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SandboxError, match=r"(?s)install Go 1\.26\+.*put a `pulumi`"):
        pulumi_cli()
