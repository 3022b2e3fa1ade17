"""What a rule found, or could not judge."""

from collections.abc import Iterable
from dataclasses import dataclass

from eks_pod_identity.errors import printable
from eks_pod_identity.rules.rule import Level, Rule

NOT_KNOWN = "it is not known yet."
"""Why a document or a part of it could not be judged."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: *subject* is what it is about, *location* the place within it, *problem* a sentence."""

    code: str
    subject: str
    problem: str
    location: str = ""
    hint: str = ""

    @property
    def rule(self) -> Rule:
        """The rule's entry in the catalogue."""
        from eks_pod_identity.rules.catalogue import RULES  # noqa: PLC0415 - the texts are read when something is wrong

        return RULES[self.code]

    @property
    def level(self) -> Level:
        """The rule's default level."""
        return self.rule.level

    @property
    def why(self) -> str:
        """Why it matters."""
        return self.rule.why

    @property
    def fix(self) -> str:
        """What to change, in terms of the components' arguments."""
        return self.hint or self.rule.fix

    @property
    def raw_fix(self) -> str:
        """What to change in `aws` resources written by hand."""
        return self.hint or self.rule.raw_fix

    def message(self, *, raw: bool = False) -> str:
        """Write the finding as one paragraph that begins with the code in brackets."""
        place = f"{self.subject}, {self.location}," if self.location else self.subject
        return printable(f"[{self.code}] {place} {self.problem} {self.why} Fix: {self.raw_fix if raw else self.fix}")


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Something that could not be judged because a value is not known yet."""

    codes: tuple[str, ...]
    subject: str
    reason: str
    location: str = ""

    def message(self) -> str:
        """Write it as one paragraph that begins with the codes in brackets."""
        place = f"{self.subject}, {self.location}," if self.location else self.subject
        codes = " ".join(f"[{code}]" for code in self.codes)
        return printable(f"{codes} {place} could not be judged: {self.reason}")


Verdict = Finding | Unjudged


def findings_of(verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    """Keep what is wrong, in order and once each; what could not be judged is left out."""
    return tuple(dict.fromkeys(one for one in verdicts if isinstance(one, Finding)))


def merged(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Drop repetitions, and say once per place which codes could not be judged there."""
    found: dict[Verdict, None] = {}
    open_codes: dict[tuple[str, str, str], list[str]] = {}
    for one in verdicts:
        if isinstance(one, Finding):
            found[one] = None
        else:
            codes = open_codes.setdefault((one.subject, one.location, one.reason), [])
            codes.extend(code for code in one.codes if code not in codes)
    unjudged = (
        Unjudged(tuple(sorted(codes)), subject, reason, location)
        for (subject, location, reason), codes in open_codes.items()
    )
    return [*found, *unjudged]
