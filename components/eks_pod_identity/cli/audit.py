"""Audits of saved state: `pulumi policy analyze` run over one file, and what it reported."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_COLOUR: Final = re.compile(r"<\{%.*?%\}>")
_CODE: Final = re.compile(r"\[(PI\d{3})\]")
_SECONDS: Final = 900


@dataclass(frozen=True, slots=True)
class Violation:
    """One policy event of the engine."""

    code: str
    level: str
    policy: str
    urn: str
    message: str

    @property
    def is_mandatory(self) -> bool:
        """Whether it fails the audit."""
        return self.level == "mandatory"

    @property
    def resource(self) -> str:
        """The name at the end of the URN."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in one state; *error* says why it could not be judged."""

    state: Path
    violations: tuple[Violation, ...] = ()
    error: str = ""

    @property
    def mandatory(self) -> int:
        """The number of mandatory violations."""
        return sum(one.is_mandatory for one in self.violations)


def audit(state: Path, *, pack: str, config: str | None, pulumi: str) -> Audit:
    """Judge *state* with the policy pack in the folder *pack*."""
    command = [pulumi, "policy", "analyze", "--file", str(state), "--policy-pack", pack, "--json"]
    command += ["--policy-pack-config", config] if config else []
    environment = {"PULUMI_SKIP_UPDATE_CHECK": "true", **os.environ}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS, env=environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Audit(state, error=f"{pulumi} could not be run: {error}")
    violations = tuple(sorted(_violations(done.stdout), key=lambda one: (one.urn, one.code, one.message)))
    found = Audit(state, violations)
    if done.returncode and not found.mandatory:
        return Audit(state, violations, error=_last_line(done.stderr) or f"pulumi ended with {done.returncode}")
    return found


def _violations(text: str) -> Iterator[Violation]:
    for line in text.splitlines():
        try:
            event = cast("dict[str, Any]", json.loads(line)).get("policyEvent") if line.startswith("{") else None
        except ValueError:
            continue
        if event:
            message = _COLOUR.sub("", str(event.get("message", ""))).strip()
            code = _CODE.search(message)
            yield Violation(
                code=code.group(1) if code else str(event.get("policyName", "")),
                level=str(event.get("enforcementLevel", "")),
                policy=str(event.get("policyName", "")),
                urn=str(event.get("resourceUrn", "")),
                message=message,
            )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in _COLOUR.sub("", text).splitlines() if line.strip()]
    return lines[-1] if lines else ""


def text_of(one: Audit) -> str:
    """The findings of one state, for people."""
    lines = [f"{one.state}: {one.error or _counted(one)}"]
    lines += [f"  {each.level:<9}  {each.resource}: {each.message}" for each in one.violations]
    return "\n".join(lines)


def summary_of(audits: Sequence[Audit]) -> str:
    """One line over all states."""
    mandatory = sum(one.mandatory for one in audits)
    advisory = sum(len(one.violations) for one in audits) - mandatory
    failed = sum(bool(one.error) for one in audits)
    text = f"{len(audits)} states: {mandatory} mandatory and {advisory} advisory violations"
    return f"{text}, {failed} could not be judged" if failed else text


def status_of(audits: Sequence[Audit]) -> int:
    """The exit status of the command."""
    if any(one.error for one in audits):
        return 2
    return 1 if any(one.mandatory for one in audits) else 0


def _counted(one: Audit) -> str:
    if not one.violations:
        return "no violations"
    return f"{one.mandatory} mandatory and {len(one.violations) - one.mandatory} advisory violations"
