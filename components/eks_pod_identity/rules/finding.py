"""The verdicts of rules: findings, and what could not be judged."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from eks_pod_identity.errors import escape_unprintable
from eks_pod_identity.iam import Document
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Level, Rule

NOT_KNOWN = "it is not known yet."
"""Why a document or a part of it could not be judged."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule.

    Attributes:
        rule: The rule that is broken.
        subject: The subject, such as the trust policy of a role.
        problem: The rest of a sentence that begins with the subject.
        location: The location within the subject.
        hint: A fix that is more specific than the rule's.
        raw_hint: The same for `aws` resources, if it differs.
    """

    rule: Rule
    subject: str
    problem: str
    location: str = ""
    hint: str = ""
    raw_hint: str = ""

    @property
    def code(self) -> str:
        """Return the code of the rule."""
        return self.rule.code

    @property
    def level(self) -> Level:
        """Return the rule's default level."""
        return self.rule.level

    @property
    def why(self) -> str:
        """Return why it matters."""
        return self.rule.why

    @property
    def fix(self) -> str:
        """Return what to change, in terms of the components' arguments."""
        return self.hint or self.rule.fix

    @property
    def raw_fix(self) -> str:
        """Return what to change in `aws` resources written by hand."""
        return self.raw_hint or self.hint or self.rule.raw_fix

    def message(self, *, raw: bool = False) -> str:
        """Return the finding as one paragraph that begins with the code in brackets."""
        where = f"{self.subject}, {self.location}," if self.location else self.subject
        return escape_unprintable(
            f"[{self.code}] {where} {self.problem} {self.why} Fix: {self.raw_fix if raw else self.fix}"
        )


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Something that could not be judged because a value is not known yet."""

    codes: tuple[str, ...]
    subject: str
    reason: str
    location: str = ""

    def message(self) -> str:
        """Return it as one paragraph that begins with the codes in brackets."""
        where = f"{self.subject}, {self.location}," if self.location else self.subject
        codes = " ".join(f"[{code}]" for code in self.codes)
        return escape_unprintable(f"{codes} {where} could not be judged: {self.reason}")


Verdict = Finding | Unjudged


def findings_of(verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    """Return the findings in order, each once, without what could not be judged."""
    return tuple(dict.fromkeys(verdict for verdict in verdicts if isinstance(verdict, Finding)))


def merge(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return each verdict once, with one verdict for all codes that could not be judged at a location."""
    unique: dict[Verdict, None] = {}
    open_codes: dict[tuple[str, str, str], list[str]] = {}
    for verdict in verdicts:
        if isinstance(verdict, Finding):
            unique[verdict] = None
        else:
            codes = open_codes.setdefault((verdict.subject, verdict.location, verdict.reason), [])
            codes.extend(code for code in verdict.codes if code not in codes)
    unjudged = (
        Unjudged(tuple(sorted(codes)), subject, reason, location)
        for (subject, location, reason), codes in open_codes.items()
    )
    return [*unique, *unjudged]


def unknown_parts(document: Document, codes: tuple[str, ...], subject: str) -> Iterator[Unjudged]:
    """Return that *codes* cannot judge a document, or statements of it, that are not known yet."""
    if document.is_open:
        yield Unjudged(codes, subject, NOT_KNOWN)
    for location in document.open_statements:
        yield Unjudged(codes, subject, NOT_KNOWN, location)


class Located(NamedTuple):
    """*verdict* and the *resource* that it is reported on."""

    resource: Resource
    verdict: Verdict


def finding(
    rule: Rule, resource: Resource, problem: str, location: str = "", *, hint: str = "", raw_hint: str = ""
) -> Located:
    """Return a finding on *resource*."""
    return Located(resource, Finding(rule, resource.label, problem, location, hint, raw_hint))


def unjudged(rule: Rule, resource: Resource, reason: str, location: str = "") -> Located:
    """Return what could not be judged on *resource*."""
    return Located(resource, Unjudged((rule.code,), resource.label, reason, location))
