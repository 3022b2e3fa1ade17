"""Reads a stack's file as typed, to find what the engine's reader changes or ignores.

The engine reads a date without quotes as a timestamp, ignores tags and a second document, and turns a null key into
`<nil>`. The configuration that the program gets no longer shows any of that.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import yaml

CONFIG_KEY = "eks-pod-identity:environment"
MAX_BYTES = 1_000_000
MAX_DEPTH = 64
MAX_VALUES = 50_000

_STANDARD_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "map", "seq"))
_TIMESTAMP = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})?)?")
# How the engine writes a timestamp and a null key into the file, for example in `pulumi config set`.
_REWRITTEN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d+)? [-+]\d{4} \S+")
_REWRITTEN_NULL = "<nil>"
_NUMBER = re.compile(r"[-+]?(?:0[xob])?[0-9][0-9a-fA-F_.]*(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)")
_SAME_AS_TYPED = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*[1-9])?")
_SHOWN = 40
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value in the file: its path, its line, and whether YAML reads it as a number.

    The path has the keys, and `[0]` for the first item of a list.
    """

    path: tuple[str, ...]
    line: int
    text: str
    plain_number: bool


def format_path(path: Sequence[str]) -> str:
    """Return a path as errors write it: `identities.api.bindings[0].namespace`."""
    return ".".join(path).replace(".[", "[")


@dataclass(frozen=True, slots=True)
class StackFile:
    """The values of a stack's file, and its problems: one line each, with location and fix."""

    scalars: tuple[Scalar, ...] = ()
    problems: tuple[str, ...] = ()


class _Unreadable(Exception):  # noqa: N818 - ends the reading with its message, which becomes a problem
    """Nothing after this point can be read."""


def read(file: Path) -> StackFile:
    """Return the contents of *file*. Never raises: what cannot be read becomes a problem."""
    if not file.is_file():
        return StackFile(problems=("This is not a regular file.",))
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        return StackFile(problems=(f"The file cannot be read: {error.strerror}.",))
    return parse(content)


def parse(content: bytes) -> StackFile:
    """Return the contents of a stack's file, given as bytes."""
    reader = _Reader()
    try:
        reader.read(_text(content))
    except _Unreadable as problem:
        reader.problems.append(str(problem))
    except yaml.YAMLError as error:
        reader.problems.append(_syntax(error, content))
    return StackFile(tuple(reader.scalars), tuple(reader.problems))


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _Unreadable(f"The file is larger than {MAX_BYTES:,} bytes. Split the environment into several stacks.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:2]:
        raise _Unreadable("The file is not encoded in UTF-8, but in UTF-16 or UTF-32. Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable(
            f"line {line}: byte 0x{content[error.start]:02x} is not UTF-8. Save the file as UTF-8."
        ) from None


def _syntax(error: yaml.YAMLError, content: bytes) -> str:
    """Return a syntax error as one line. libyaml's text contains nothing of the file."""
    mark: yaml.Mark | None = getattr(error, "problem_mark", None)
    if mark is None:
        # Raised while decoding characters; it has a position but no line.
        before = content.decode("utf-8-sig")[: getattr(error, "position", 0) or 0]
        return (
            f"line {before.count(chr(10)) + 1}: the file contains a control character. "
            "Remove it, or write it as an escape in double quotes."
        )
    typed = content.decode("utf-8-sig").splitlines()
    line = typed[mark.line] if mark.line < len(typed) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return f"line {mark.line + 1}: the line is indented with a tab. Indent with spaces."
    problem = getattr(error, "problem", None) or "unexpected text"
    return f"line {mark.line + 1}, column {mark.column + 1}: this is not valid YAML: {problem}."


@dataclass(slots=True)
class _Open:
    """A map or list that is being read."""

    path: tuple[str, ...]
    is_map: bool
    is_key: bool = False
    key: str | None = None
    position: int = 0
    size: int = 1
    anchor: str | None = None


@dataclass(slots=True)
class _Reader:
    """Walks the events of the parser, which does not expand aliases: a short file can represent 10^9 values."""

    scalars: list[Scalar] = field(default_factory=list[Scalar])
    problems: list[str] = field(default_factory=list[str])
    _open: list[_Open] = field(default_factory=list[_Open])
    _sizes: dict[str, int | None] = field(default_factory=dict[str, int | None])

    def read(self, text: str) -> None:
        """Read the document in *text*."""
        documents = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if len(self.scalars) > MAX_VALUES:
                raise _Unreadable(f"The file has more than {MAX_VALUES:,} values. Split the environment.")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Unreadable(
                        f"line {line}: a second document begins, which the engine ignores. "
                        "Remove it; a stack's file has one document."
                    )
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event, line)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._start(event, line)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._end()

    def _start(self, event: yaml.CollectionStartEvent, line: int) -> None:
        self._tag(event, line)
        if len(self._open) >= MAX_DEPTH:
            raise _Unreadable(f"line {line}: the values are nested more than {MAX_DEPTH} levels deep. Flatten them.")
        is_key = self._expects_key()
        if is_key:
            self.problems.append(f"line {line}: a map or a list cannot be a key. Write the key as text.")
        path = self._path()
        if event.anchor is not None:
            self._sizes[event.anchor] = None
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(path, is_map, is_key=is_key, anchor=event.anchor))

    def _end(self) -> None:
        closed = self._open.pop()
        if closed.anchor is not None:
            self._sizes[closed.anchor] = closed.size
        self._add(closed.size, key="?" if closed.is_key else None)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._tag(event, line)
        plain = not event.style and event.tag != "tag:yaml.org,2002:str"
        if event.anchor is not None:
            self._sizes[event.anchor] = 1
        if self._expects_key():
            self.problems += _key_problems(event.value, line, plain=plain)
            self._add(1, key=event.value)
            return
        path = self._path()
        if path[:1] == ("config",):
            self.problems += _value_problems(event.value, line, path, plain=plain)
        self.scalars.append(Scalar(path, line, event.value, plain and _NUMBER.fullmatch(event.value) is not None))
        self._add(1)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        if event.anchor not in self._sizes:
            raise _Unreadable(f"line {line}: the alias *{event.anchor} has no anchor &{event.anchor} above it.")
        size = self._sizes[event.anchor]
        if size is None:
            raise _Unreadable(f"line {line}: the alias *{event.anchor} is inside its own anchor. Remove it.")
        self._add(size, key="?" if self._expects_key() else None)
        if self._open and self._open[-1].size > MAX_VALUES:
            raise _Unreadable(
                f"line {line}: with its aliases, the file has more than {MAX_VALUES:,} values. Write fewer aliases."
            )

    def _tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
        if event.tag is None or event.tag in _STANDARD_TAGS:
            return
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        self.problems.append(f"line {line}: the tag {_shorten(tag)} has no effect in a stack's file. Remove it.")

    def _expects_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_map and self._open[-1].key is None

    def _path(self) -> tuple[str, ...]:
        if not self._open:
            return ()
        parent = self._open[-1]
        return (*parent.path, str(parent.key) if parent.is_map else f"[{parent.position}]")

    def _add(self, size: int, *, key: str | None = None) -> None:
        """Count a finished value in its map or list, or store the finished key of the next value."""
        if not self._open:
            return
        parent = self._open[-1]
        parent.size += size
        if parent.is_map:
            parent.key = key
        else:
            parent.position += 1


def _key_problems(text: str, line: int, *, plain: bool) -> Iterator[str]:
    if _REWRITTEN.fullmatch(text) or text == _REWRITTEN_NULL:
        yield f"line {line}: the engine wrote {text} for a key without quotes. {_WRITE_AGAIN}"
    elif not plain:
        return
    elif text in _NULLS:
        yield f"line {line}: the key is null. Give it a name, or put it in quotes."
    elif _is_date(text):
        yield f'line {line}: the key {text} has no quotes and is read as a date. Write "{text}".'
    elif _NUMBER.fullmatch(text) and not _SAME_AS_TYPED.fullmatch(text):
        yield f'line {line}: the key {_shorten(text)} has no quotes and is read as a number. Write "{_shorten(text)}".'


def _value_problems(text: str, line: int, path: tuple[str, ...], *, plain: bool) -> Iterator[str]:
    key_path = format_path(path[2:] if path[1:2] == (CONFIG_KEY,) else path[1:])
    if _REWRITTEN.fullmatch(text):
        yield f"line {line}: {key_path}: the engine wrote {text} for a date without quotes. {_WRITE_AGAIN}"
    elif plain and _is_date(text):
        yield f'line {line}: {key_path}: {text} has no quotes and is read as a date. Write "{text}".'


_WRITE_AGAIN = "Write the intended text in quotes."


def _is_date(text: str) -> bool:
    """Return whether the engine reads *text* as a timestamp; a day that does not exist stays text."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    with suppress(ValueError):
        year, month, day = map(int, match[1].split("-"))
        dt.date(year, month, day)
        return True
    return False


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
