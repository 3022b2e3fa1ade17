"""The stack files as the sandbox uses them."""

from pathlib import Path
from typing import Any

import pytest

from sandbox import stack_files
from sandbox.processes import SandboxError
from sandbox.stack_files import checked_file, load_yaml, read_environment, text_for_engine, write_copy

HEAD = "config:\n  eks-pod-identity:environment:\n    cluster: {name: dev}\n"


@pytest.fixture
def stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of stack files, with the reader of the real one."""
    folder = tmp_path / "stacks"
    folder.mkdir()
    (folder / "stack_file.py").symlink_to(stack_files.STACKS / "stack_file.py")
    monkeypatch.setattr(stack_files, "STACKS", folder)
    return folder


def text(stacks: Path, content: str) -> str:
    (stacks / "Pulumi.dev.yaml").write_text(content)
    return text_for_engine("dev")


@pytest.mark.parametrize("key", ["encryptionsalt", "secretsprovider", "encryptedkey"])
@pytest.mark.parametrize(
    "form", ["{key}: v1:x\n{head}", "{head}{key}: v1:x\n", "{head}{key}: |\n  v1:x\n  y\n# end\n"]
)
def test_the_copy_has_no_settings_for_secrets(stacks: Path, key: str, form: str):
    copied = text(stacks, form.format(key=key, head=HEAD))

    assert load_yaml(copied) == load_yaml(HEAD)


def test_a_file_in_flow_style_is_copied_too(stacks: Path):
    copied = text(stacks, '{"encryptionsalt": "v1:x", "config": {"a:b": "c"}, "encryptedkey": "y"}\n')

    assert load_yaml(copied) == {"config": {"a:b": "c"}}


def test_the_original_is_not_touched(stacks: Path, tmp_path: Path):
    content = f"encryptionsalt: v1:x\n{HEAD}"

    write_copy("dev", text(stacks, content), tmp_path / "copies")

    assert (stacks / "Pulumi.dev.yaml").read_text() == content
    assert (tmp_path / "copies" / "Pulumi.dev.yaml").read_text() == HEAD
    assert (tmp_path / "copies" / "Pulumi.yaml").read_text() == "name: eks-pod-identity\nruntime: python\n"


def test_encrypted_values_are_refused_with_their_lines(stacks: Path):
    with pytest.raises(SandboxError) as raised:
        text(stacks, f"{HEAD}    tags: {{Owner: {{secure: v1:x}}}}\n  a:token:\n    secure: v1:y\n")

    assert str(raised.value).splitlines()[1:] == [
        "- line 4: eks-pod-identity:environment.tags.Owner is encrypted.",
        "- line 6: a:token is encrypted.",
    ]


@pytest.mark.parametrize("stack", ["production", "../dev", "", "a b", "dev\n"])
def test_an_unknown_stack_is_reported_with_those_that_exist(stacks: Path, stack: str):
    (stacks / "Pulumi.dev.yaml").write_text(HEAD)

    with pytest.raises(SandboxError, match=r"The stacks are: dev\."):
        checked_file(stack)


@pytest.mark.parametrize(
    "content", ["", "[]", "config: x", "config: {}", HEAD.replace("{name: dev}", "dev"), f"{HEAD}    identities: []\n"]
)
def test_a_file_without_an_environment_is_one_line(stacks: Path, content: str):
    (stacks / "Pulumi.dev.yaml").write_text(content)

    with pytest.raises(SandboxError, match=r"^stacks/Pulumi\.dev\.yaml: eks-pod-identity:environment is not valid\."):
        read_environment("dev")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12:30", "12:30"),
        ("yes", "yes"),
        ("On", "On"),
        ("2027-02-31", "2027-02-31"),
        ("true", True),
        ("~", None),
        ("", None),
        ("7", 7),
        ("0x10", 16),
        ("1.5", 1.5),
        ("'7'", "7"),
    ],
)
def test_text_without_quotes_is_read_as_the_engine_reads_it(typed: str, value: Any):
    assert load_yaml(f"a: {typed}\n") == {"a": value}
