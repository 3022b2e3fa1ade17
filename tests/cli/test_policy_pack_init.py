"""`eks-pod-identity policy-pack init`."""

from pathlib import Path

import yaml
from click.testing import CliRunner, Result

from eks_pod_identity._version import __version__
from eks_pod_identity.cli import main


def init(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["policy-pack", "init", *map(str, arguments)])


def test_it_writes_three_files(tmp_path: Path):
    result = init(tmp_path / "pack")

    assert result.exit_code == 0
    assert sorted(one.name for one in (tmp_path / "pack").iterdir()) == [
        "PulumiPolicy.yaml",
        "__main__.py",
        "requirements.txt",
    ]
    assert f"pulumi preview --policy-pack {tmp_path / 'pack'}" in result.output


def test_the_manifest_names_toolchain_and_environment(tmp_path: Path):
    init(tmp_path, "--virtualenv", "../.venv")

    manifest = yaml.safe_load((tmp_path / "PulumiPolicy.yaml").read_text())
    assert manifest["runtime"] == {"name": "python", "options": {"toolchain": "pip", "virtualenv": "../.venv"}}
    assert manifest["version"] == __version__


def test_the_requirements_name_the_library_asked_for(tmp_path: Path):
    init(tmp_path, "--library", "./wheels/some.whl")

    assert (tmp_path / "requirements.txt").read_text().splitlines()[0] == "./wheels/some.whl"


def test_it_overwrites_nothing(tmp_path: Path):
    (tmp_path / "__main__.py").write_text("mine")

    result = init(tmp_path)

    assert result.exit_code == 1
    assert "has __main__.py already; nothing was written." in result.output
    assert [one.name for one in tmp_path.iterdir()] == ["__main__.py"]
    assert (tmp_path / "__main__.py").read_text() == "mine"
