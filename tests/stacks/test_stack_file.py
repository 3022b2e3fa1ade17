"""The stack's file as it was typed."""

from pathlib import Path

from stack_file import values


def test_a_key_that_stands_twice_is_told_with_its_path_and_both_lines(tmp_path: Path):
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config:\n  a:b:\n    identities:\n      api:\n        namespace: x\n        namespace: y\n")

    _, twice = values(file)

    assert twice == ["config.a:b.identities.api.namespace: the key stands twice, on lines 5 and 6; keep one of them."]


def test_scalars_have_their_path_line_and_text(tmp_path: Path):
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config:\n  list: [a, 010]\n  quoted: '010'\n")

    found, twice = values(file)

    assert twice == []
    assert [(item.path, item.line, item.text, item.plain_number) for item in found] == [
        (("config", "list", "0"), 2, "a", False),
        (("config", "list", "1"), 2, "010", True),
        (("config", "quoted"), 3, "010", False),
    ]


def test_an_empty_file_has_nothing(tmp_path: Path):
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("")

    assert values(file) == ([], [])
