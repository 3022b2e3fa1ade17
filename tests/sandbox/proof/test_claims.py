"""The table of claims is complete and matches the marks of the tests."""

from sandbox.proof.claims import CLAIMS, PAGE, ClaimTest, marks, page, table


def test_every_claim_has_a_test():
    assert sorted(set(CLAIMS) - set(marks())) == []


def test_every_mark_names_a_claim():
    assert sorted(set(marks()) - set(CLAIMS)) == []


def test_the_table_in_the_documentation_matches_the_marks():
    text = PAGE.read_text(encoding="utf-8")

    assert page(text, marks()) == text, "run python -m sandbox.proof.claims"


def test_a_claim_without_a_test_is_marked_as_such():
    assert "| 1 | " in table({})
    assert table({}).count("nothing yet") == len(CLAIMS)


def test_a_row_names_the_part_and_links_the_test():
    tests = {4: [ClaimTest("test_it_works", "tests/engine/test_x.py", "stand-in")]}

    assert "| stand-in | [it works](../tests/engine/test_x.py) |" in table(tests)


def test_marks_are_read_from_the_decorators(tmp_path):
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_a.py").write_text(
        '@pytest.mark.claim(1, part="real")\n@pytest.mark.claim(2, part="stand-in")\ndef test_x(): ...\n'
    )

    assert marks(folder) == {
        1: [ClaimTest("test_x", "tests/test_a.py", "real")],
        2: [ClaimTest("test_x", "tests/test_a.py", "stand-in")],
    }
