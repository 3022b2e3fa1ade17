"""`eks-pod-identity policy-pack init`."""

from contextlib import chdir
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
    assert sorted(path.name for path in (tmp_path / "pack").iterdir()) == [
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
    assert "already has __main__.py; nothing was written." in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["__main__.py"]
    assert (tmp_path / "__main__.py").read_text() == "mine"


def test_other_files_of_the_directory_are_left_alone(tmp_path: Path):
    (tmp_path / "README.md").write_text("mine")

    assert init(tmp_path).exit_code == 0
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path):
    (tmp_path / "requirements.txt").symlink_to(tmp_path / "elsewhere")

    assert "already has requirements.txt" in init(tmp_path).output
    assert not (tmp_path / "elsewhere").exists()


def test_a_directory_that_cannot_be_created_is_a_clear_error(tmp_path: Path):
    (tmp_path / "file").write_text("")

    below, itself = init(tmp_path / "file" / "pack"), init(tmp_path / "file")

    assert (below.exit_code, itself.exit_code) == (1, 2)
    assert "file/pack cannot be written: Not a directory. Choose a directory that is writable." in below.output
    assert "is a file" in itself.output


def test_the_next_commands_are_quoted_where_the_shell_needs_it(tmp_path: Path):
    folder = tmp_path / "our pack"

    result = init(folder, "--virtualenv", "a: #b")

    assert f"  pulumi preview --policy-pack '{folder}'" in result.output
    manifest = yaml.safe_load((folder / "PulumiPolicy.yaml").read_text())
    assert manifest["runtime"]["options"]["virtualenv"] == "a: #b"


def test_a_wheel_in_the_directory_is_named_by_its_absolute_path(tmp_path: Path):
    wheel = tmp_path / "some.whl"
    wheel.write_text("")

    with chdir(tmp_path):
        init("pack", "--library", "some.whl")

    assert (tmp_path / "pack" / "requirements.txt").read_text().splitlines()[0] == str(wheel)
