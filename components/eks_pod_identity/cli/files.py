"""Reads and writes files that users name, with one sentence if that is not possible."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast


def read_text(file: Path) -> tuple[str, str]:
    """Return the text of a file, and why there is none.

    Reads only ordinary files: a pipe may never end, and a device never does.
    """
    try:
        if file.exists() and not file.is_file() and not file.is_dir():
            return "", "is not an ordinary file: export the state into a file first"
        content = file.read_bytes()
        if content and json.detect_encoding(content) != "utf-8":
            return "", "is in UTF-16 or has a byte order mark: save it as UTF-8 without one"
        return content.decode(), ""
    except OSError as error:
        return "", f"cannot be read: {error.strerror}"
    except ValueError:
        return "", "is not JSON"


def object_in(text: str) -> tuple[dict[str, Any], str]:
    """Return the JSON object in *text*, and why there is none."""
    try:
        value: object = json.loads(text)
    except RecursionError:
        return {}, "is nested too deeply to be read"
    except ValueError:
        return {}, "is not JSON"
    return (cast("dict[str, Any]", value), "") if isinstance(value, dict) else ({}, "is not a JSON object")


def cannot_be_written(report: Path, inputs: Iterable[Path]) -> str:
    """Return why a report cannot be written to a file, or nothing; *inputs* are files that must not be overwritten."""
    try:
        if report.is_dir():
            return "is a directory"
        if not report.parent.is_dir():
            return "is in a directory that does not exist"
        if report.exists() and not report.is_file():
            return "is not an ordinary file"
        if any(_is_same(report, each) for each in inputs):
            return "is read by this command, and would be overwritten"
        with report.open("a", encoding="utf-8"):
            return ""
    except (OSError, ValueError) as error:
        return f"cannot be written: {error.strerror if isinstance(error, OSError) else error}"


def _is_same(left: Path, right: Path) -> bool:
    if left.exists() and right.exists():
        return left.samefile(right)
    return left.resolve() == right.resolve()


def write_text(report: Path, text: str) -> str:
    """Write a report; return why it could not be written, or nothing."""
    try:
        report.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        return f"cannot be written: {error.strerror}"
    return ""
