"""`eks-pod-identity rules`."""

from pathlib import Path

from click.testing import CliRunner

from eks_pod_identity.cli import main
from eks_pod_identity.rules.catalogue import RULES


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["rules", *arguments])
    return result.exit_code, result.output


def test_it_lists_every_rule():
    code, output = run()

    assert code == 0
    assert [line.split()[0] for line in output.splitlines()] == list(RULES)


def test_it_explains_a_rule_with_both_fixes_and_examples():
    code, output = run("PI104")

    rule = RULES["PI104"]
    assert code == 0
    for part in (rule.title, rule.cause, rule.why, rule.fix, rule.raw_fix, "Compliant:", "Violating:"):
        assert part in output


def test_it_takes_a_code_as_messages_write_it():
    assert run("[pi104]") == run("PI104")


def test_an_unknown_code_is_an_error_that_names_the_list_of_codes():
    code, output = run("PI999")

    assert code == 2
    assert 'There is no rule "PI999"; `eks-pod-identity rules` lists them.' in output


def test_it_writes_the_reference_with_one_page_for_each_family(tmp_path: Path):
    code, output = run("--markdown", str(tmp_path))

    pages = {page.relative_to(tmp_path).as_posix(): page.read_text() for page in tmp_path.rglob("*.md")}
    assert code == 0
    assert output == f"Wrote the reference of {len(RULES)} rules to {tmp_path}.\n"
    assert "## PI304" in pages["rules/chain.md"]
    assert "[PI304](rules/chain.md#pi304)" in pages["rules.md"]


def test_a_directory_that_cannot_be_written_is_one_line(tmp_path: Path):
    (tmp_path / "rules").write_text("")

    code, output = run("--markdown", str(tmp_path))

    assert code == 1
    assert "cannot be written" in output
    assert "Traceback" not in output
