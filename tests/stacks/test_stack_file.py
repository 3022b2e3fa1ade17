"""The stack's file as the user typed it: each problem is one line with its path and the fix, for any bytes."""

import random
import time
from pathlib import Path

import pytest
import yaml

from stack_file import CONFIG_KEY, MAX_BYTES, Scalar, parse, read

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = (ROOT / "stacks" / "Pulumi.dev.yaml").read_bytes()
SECONDS = 10.0  # a large file takes about half a second, and nested text that is read again and again takes minutes


def problems(text: str) -> tuple[str, ...]:
    return parse(text.encode()).problems


def environment(text: str) -> str:
    """Place *text* below the environment's key; its first line is line 3 of the file."""
    return f"config:\n  {CONFIG_KEY}:\n    {text}\n"


def test_scalars_have_their_path_line_and_text():
    parsed = parse(b"config:\n  list: [a, 010]\n  quoted: '010'\n")

    assert parsed.problems == ()
    assert parsed.scalars == (
        Scalar(("config", "list", "[0]"), 2, "a", plain_number=False),
        Scalar(("config", "list", "[1]"), 2, "010", plain_number=True),
        Scalar(("config", "quoted"), 3, "010", plain_number=False),
    )


def test_an_empty_file_has_nothing():
    assert parse(b"").scalars == ()
    assert parse(b"").problems == ()


@pytest.mark.parametrize("file", sorted((ROOT / "stacks").glob("Pulumi.*.yaml")), ids=lambda file: file.name)
def test_the_committed_files_have_no_problem(file: Path):
    assert read(file).problems == ()


class TestDates:
    """The engine reads a date without quotes as a timestamp: `2027-03-31 00:00:00 +0000 UTC`."""

    def test_as_a_value(self):
        assert problems(environment("tags: {Expires: 2027-03-31}")) == (
            'line 3: tags.Expires: 2027-03-31 has no quotes and is read as a date. Write "2027-03-31".',
        )

    def test_as_a_key(self):
        assert problems(environment("tags: {2027-03-31: x}")) == (
            'line 3: the key 2027-03-31 has no quotes and is read as a date. Write "2027-03-31".',
        )

    def test_in_a_condition(self):
        [problem] = problems(environment('Condition: {DateLessThan: {"aws:CurrentTime": [2027-03-31T10:00:00Z]}}'))

        assert problem.startswith(
            "line 3: Condition.DateLessThan.aws:CurrentTime[0]: 2027-03-31T10:00:00Z has no quotes"
        )

    def test_as_the_version_of_a_policy(self):
        [problem] = problems(environment("policies: {a: {Version: 2012-10-17}}"))

        assert problem.endswith('is read as a date. Write "2012-10-17".')

    @pytest.mark.parametrize("text", ["2027-3-1", "2027-03-31 10:00:00", "2027-03-31t10:00:00.5+01:00"])
    def test_in_every_form_that_the_engine_reads(self, text: str):
        assert len(problems(environment(f"a: {text}"))) == 1

    @pytest.mark.parametrize("quote", ["", "'"])
    def test_after_the_engine_has_written_the_file(self, quote: str):
        """`pulumi config set` and `pulumi stack init` rewrite the whole file from what they have read."""
        rewritten = f"{quote}2027-03-31 00:00:00 +0000 UTC{quote}"

        assert problems(environment(f"tags: {{Expires: {rewritten}}}")) == (
            (
                "line 3: tags.Expires: the engine wrote 2027-03-31 00:00:00 +0000 UTC for a date without quotes. "
                "Write the intended text in quotes."
            ),
        )
        assert len(problems(environment(f"tags: {{{rewritten}: x}}"))) == 1
        assert len(problems(environment(f"tags: {{{quote}<nil>{quote}: x}}"))) == 1

    @pytest.mark.parametrize("text", ["2027-02-31", "2027-03", "'2027-03-31'", '"2027-03-31"', "!!str 2027-03-31"])
    def test_values_that_remain_text_are_not_a_problem(self, text: str):
        assert problems(environment(f"a: {text}")) == ()


class TestKeys:
    @pytest.mark.parametrize("key", ["~", "null", "NULL", "?\n"])
    def test_a_null_key(self, key: str):
        assert problems(f"{key}: x\n") == ("line 1: the key is null. Give it a name, or put it in quotes.",)

    @pytest.mark.parametrize(("key", "read_as"), [("08", "8"), ("0x10", "16"), ("1e3", "1000"), ("1_000", "1000")])
    def test_a_number_that_the_engine_writes_differently(self, key: str, read_as: str):
        """The engine formats the number again, and the text differs."""
        assert read_as != key
        assert problems(f"{key}: x\n") == (
            f'line 1: the key {key} has no quotes and is read as a number. Write "{key}".',
        )

    @pytest.mark.parametrize("key", ["2024", "1.5", "true", "yes", "'08'", '""', "2012-10"])
    def test_a_key_that_stays_as_it_was_typed(self, key: str):
        assert problems(f"{key}: x\n") == ()

    @pytest.mark.parametrize("key", ["? [a]\n: b", "? {a: b}\n: c", "{[a]: b}"])
    def test_a_map_or_a_list(self, key: str):
        assert problems(f"{key}\n") == ("line 1: a map or a list cannot be a key. Write the key as text.",)


class TestTags:
    @pytest.mark.parametrize(
        "text", ["!Ref x", "!!binary aGVsbG8=", "!!python/object:os.system x", "! x", "!Sub {a: b}"]
    )
    def test_a_tag_is_reported(self, text: str):
        tag = text.split(" ", maxsplit=1)[0]

        assert problems(f"a: {text}\n") == (f"line 1: the tag {tag} has no effect in a stack's file. Remove it.",)

    @pytest.mark.parametrize("text", ["!!str 12", "!!int 12", "!!map {a: b}", "!!seq [a]"])
    def test_standard_tags_pass(self, text: str):
        assert problems(f"a: {text}\n") == ()


class TestAliases:
    def test_an_alias_passes(self):
        assert problems("a: &a [x, y]\nb: *a\nc: {<<: &m {d: e}}\nf: {<<: *m}\n") == ()

    def test_a_thousand_million_values_are_refused(self):
        lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"{c}: &{c} [{', '.join([f'*{chr(ord(c) - 1)}'] * 10)}]" for c in "bcdefghi"]

        [problem] = problems("\n".join(lines))

        assert problem == "line 5: with its aliases, the file has more than 50,000 values. Write fewer aliases."

    @pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "a: &a {*a : b}"])
    def test_an_alias_inside_its_own_anchor(self, text: str):
        assert problems(text) == ("line 1: the alias *a is inside its own anchor. Remove it.",)

    def test_an_alias_without_an_anchor(self):
        assert problems("a: *b") == ("line 1: the alias *b has no anchor &b above it.",)


class TestBytes:
    def test_a_second_document(self):
        assert problems("a: b\n---\nc: d\n") == (
            "line 2: a second document begins, which the engine ignores. Remove it; a stack's file has one document.",
        )

    def test_one_document_may_have_markers(self):
        assert problems("---\na: b\n...\n") == ()

    def test_a_tab(self):
        assert problems("config:\n\ta: b\n") == ("line 2: the line is indented with a tab. Indent with spaces.",)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
    def test_another_encoding(self, encoding: str):
        [problem] = parse("config: {}\n".encode(encoding)).problems

        assert problem == "The file is not encoded in UTF-8, but in UTF-16 or UTF-32. Save it as UTF-8."

    def test_a_byte_that_is_not_utf_8(self):
        assert parse("a: b\nc: é".encode("latin-1")).problems == (
            "line 2: byte 0xe9 is not UTF-8. Save the file as UTF-8.",
        )

    def test_a_byte_order_mark_passes(self):
        assert parse("a: b".encode("utf-8-sig")).scalars[0].text == "b"

    def test_a_control_character(self):
        [problem] = problems("a: b\nc: \x07\n")

        assert problem.startswith("line 2: the file contains a control character.")

    def test_broken_yaml(self):
        [problem] = problems("a: [b\n")

        assert problem.startswith("line 2, column 1: this is not valid YAML: ")

    def test_too_large(self):
        assert parse(b"#" * (MAX_BYTES + 1)).problems == (
            "The file is larger than 1,000,000 bytes. Split the environment into several stacks.",
        )

    def test_a_missing_file(self, tmp_path: Path):
        assert read(tmp_path).problems == ("This is not a regular file.",)
        assert read(Path("/dev/zero")).problems == ("This is not a regular file.",)

    @pytest.mark.parametrize(
        "content",
        [
            *(
                opening * (MAX_BYTES // len(opening))
                for opening in (b"[", b"{", b"- ", b"? ", b"a: ", b"[a,", b"{a: ")
            ),
            *(b"x" * 0 + line * (MAX_BYTES // len(line)) for line in (b"- a\n", b"a: b\n", b"- !x y\n", b"- &a b\n")),
            *(sign * MAX_BYTES for sign in (b"&", b"*", b"!", b"|", b'"', b"#", b"\n", b"%", b"\x80")),
            b"a: |\n" + b"  x\n" * (MAX_BYTES // 5),
            b"".join(b" " * depth + b"a:\n" for depth in range(1400)),
        ],
        ids=lambda content: content[:8].decode("latin-1"),
    )
    def test_a_large_file_is_judged_in_seconds(self, content: bytes):
        began = time.process_time()

        parsed = parse(content)

        assert time.process_time() - began < SECONDS
        assert all("\n" not in problem for problem in parsed.problems)


PIECES = [
    b"\t",
    b"\x00",
    b"---\n",
    b"...\n",
    b"&a ",
    b"*a",
    b"!Ref ",
    b"? ",
    b": ",
    b"- ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"|\n",
]
PIECES += [
    b"\n",
    b"'",
    b'"',
    b"2027-03-31",
    b"~: ",
    b"%TAG ",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\r",
    b"<<: *a\n",
    b"\xc2\x85",
]


def mutate(chance: random.Random) -> bytes:
    content = bytearray(COMMITTED)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(content) + 1)
        match chance.randrange(4):
            case 0:
                content[place:place] = chance.choice(PIECES)
            case 1:
                content[place : place + chance.randint(1, 200)] = b""
            case 2:
                content[place : place + 1] = bytes([chance.randrange(256)])
            case _:
                other = chance.randrange(len(content) + 1)
                content[place:place] = content[other : other + chance.randint(1, 200)]
    return bytes(content)


def test_any_bytes_are_judged_in_one_line_each():
    """A thousand files with a few random mistakes, and five hundred of random bytes; the seed is fixed."""
    chance = random.Random(4711)
    files = [mutate(chance) for _ in range(1000)] + [chance.randbytes(chance.randint(1, 400)) for _ in range(500)]
    accepted = 0
    for content in files:
        began = time.process_time()
        parsed = parse(content)
        assert time.process_time() - began < SECONDS, content
        for problem in parsed.problems:
            assert problem.isprintable(), problem
            assert problem.startswith(("line ", "The file is ")), problem
        if not parsed.problems:
            accepted += 1
            yaml.compose(content, Loader=yaml.CSafeLoader)  # what is accepted is one valid document
    assert 50 < accepted < len(files) - 500
