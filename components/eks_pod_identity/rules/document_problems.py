"""The problems of documents in arguments: broken mandatory rules, with the path of each."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from eks_pod_identity.errors import Path
from eks_pod_identity.rules.finding import Finding, Verdict, findings_of
from eks_pod_identity.rules.rule import Level

_PATH_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class DocumentProblem(NamedTuple):
    """A broken rule.

    Attributes:
        code: The code of the rule.
        rule: What is wrong and where, and why it matters.
        fix: How to fix it.
        path: Where it is within the document.
        rule_at_path: What is wrong and why it matters, for who shows the path.
    """

    code: str
    rule: str
    fix: str
    path: Path = ()
    rule_at_path: str = ""


def problems_of(verdicts: Iterable[Verdict], *, by_hand: bool = False) -> list[DocumentProblem]:
    """Return the mandatory findings.

    With *by_hand*, the fix is how to write the document, not which argument to use instead.
    """
    return [
        _problem(finding, finding.raw_fix if by_hand else finding.fix)
        for finding in findings_of(verdicts)
        if finding.level is Level.MANDATORY
    ]


def _problem(finding: Finding, fix: str) -> DocumentProblem:
    path = _path(finding.location)
    located = f"[{finding.code}] {_location(finding)} {finding.problem} {finding.why}"
    at_path = f"[{finding.code}] {_part(finding, path)} {finding.problem} {finding.why}"
    return DocumentProblem(finding.code, located, fix, path, at_path)


def _path(location: str) -> Path:
    """Split a location such as `Statement[0].Action`."""
    return tuple(int(index) if index else name for name, index in _PATH_PART.findall(location))


def _part(finding: Finding, path: Path) -> str:
    """Return a noun for the part of the document that has the problem."""
    if not path:
        return finding.subject
    if "Condition" in path:
        return "The condition"
    return "The statement" if path[-1] == "Statement" or isinstance(path[-1], int) else f"The {path[-1]}"


def _location(finding: Finding) -> str:
    return f"{finding.subject}, {finding.location}," if finding.location else finding.subject
