"""Audits saved state: runs `pulumi policy analyze` on a file and reads its report."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from eks_pod_identity.cli.files import cannot_be_written, object_in, read_text
from eks_pod_identity.errors import quote, safe_line

_COLOUR = re.compile(r"<\{%.*?%\}>")
_CODE = re.compile(r"\[(PI\d{3})\]")
_EXEMPT = re.compile(r"\[PI\d{3}\] is exempt until (\d{4}-\d{2}-\d{2}) \((.*?)\): ")
_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Violation:
    """One policy event of the engine; *exemption* is the date and the reason of an exempt finding."""

    code: str
    level: str
    policy: str
    urn: str
    message: str
    exemption: str = ""

    @property
    def is_mandatory(self) -> bool:
        """Return whether it fails the audit."""
        return self.level == "mandatory"

    @property
    def resource(self) -> str:
        """Return the name at the end of the URN."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True)
class Audit:
    """The result for one state. *error* is why it could not be judged, *lines* the line of each resource."""

    state: Path
    violations: tuple[Violation, ...] = ()
    error: str = ""
    lines: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def mandatory(self) -> int:
        """Return the number of mandatory violations."""
        return sum(violation.is_mandatory for violation in self.violations)

    @property
    def exempt(self) -> int:
        """Return the number of exempt findings."""
        return sum(bool(violation.exemption) for violation in self.violations)

    @property
    def advisory(self) -> int:
        """Return the number of advisory violations."""
        return len(self.violations) - self.mandatory - self.exempt


def problems_of(
    *, states: Sequence[Path], pack: Path, config: Path | None, pulumi: str, reports: dict[str, Path | None]
) -> list[str]:
    """Return what is wrong with the options of an audit, before anything is run."""
    problems: list[str] = []
    if shutil.which(pulumi) is None:
        problems.append(
            f"--pulumi: there is no program {quote(pulumi)}; install the Pulumi CLI 3.249 or newer, or pass its path."
        )
    if not (pack / "PulumiPolicy.yaml").is_file():
        problems.append(
            f"--policy-pack: {quote(str(pack))} has no PulumiPolicy.yaml; `eks-pod-identity policy-pack init` writes "
            "a pack."
        )
    if config is not None:
        text, problem = read_text(config)
        problem = problem or object_in(text)[1]
        problems += [f"--config: {quote(str(config))} {problem}."] if problem else []
    inputs = [*states, *([config] if config else []), pack / "PulumiPolicy.yaml", pack / "__main__.py"]
    for option, report in reports.items():
        if report is not None:
            problem = cannot_be_written(report, inputs)
            problems += [f"{option}: {quote(str(report))} {problem}."] if problem else []
            inputs.append(report)
    return problems


def audit(state: Path, *, pack: Path, config: Path | None, pulumi: str) -> Audit:
    """Judge *state* with the policy pack in the folder *pack*."""
    text, problem = read_text(state)
    export, problem = object_in(text) if not problem else ({}, problem)
    if not problem and not isinstance(export.get("deployment"), dict):
        problem = "has no deployment: it is not what `pulumi stack export` writes"
    if problem:
        return Audit(state, error=problem)
    lines = _lines(text)
    command = [pulumi, "policy", "analyze", "--file", str(state), "--policy-pack", str(pack), "--json"]
    command += ["--policy-pack-config", str(config)] if config else []
    environment = {"PULUMI_SKIP_UPDATE_CHECK": "true", **os.environ}
    try:
        completed = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
            timeout=_SECONDS,
            env=environment,
        )
    except OSError as error:
        return Audit(state, error=f"{pulumi} could not be run: {error.strerror}")
    except subprocess.TimeoutExpired:
        return Audit(state, error=f"{pulumi} did not finish within {_SECONDS} seconds")
    violations = tuple(sorted(_violations(completed.stdout), key=lambda each: (each.urn, each.code, each.message)))
    judged = Audit(state, violations, lines=lines)
    if completed.returncode and not judged.mandatory:
        error = _last_line(completed.stderr) or f"pulumi exited with {completed.returncode}"
        return Audit(state, violations, error, lines)
    return judged


def _lines(text: str) -> dict[str, int]:
    """Return the line of each resource in an exported state; one line for all when it is not indented."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, _, value = line.strip().partition(": ")
        if name == '"urn"':
            lines.setdefault(value.rstrip(",").strip('"'), number)
    return lines


def _violations(text: str) -> Iterator[Violation]:
    for line in text.split("\n"):
        try:
            event = cast("dict[str, Any]", json.loads(line)).get("policyEvent") if line.startswith("{") else None
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield _violation(cast("dict[str, Any]", event))


def _violation(event: dict[str, Any]) -> Violation:
    message = _COLOUR.sub("", str(event.get("message", ""))).strip()
    code, exempt = _CODE.search(message), _EXEMPT.match(message)
    return Violation(
        code=code.group(1) if code else str(event.get("policyName", "")),
        level="exempt" if exempt else str(event.get("enforcementLevel", "")),
        policy=str(event.get("policyName", "")),
        urn=str(event.get("resourceUrn", "")),
        message=message,
        exemption=f"until {exempt.group(1)}: {exempt.group(2)}" if exempt else "",
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in _COLOUR.sub("", text).splitlines() if line.strip()]
    return lines[-1] if lines else ""


def text_of(audited: Audit) -> str:
    """Return the findings of one state as text, one line each whatever their names contain."""
    lines = [f"{audited.state}: {audited.error or _count_violations(audited)}"]
    lines += [f"  {each.level:<9}  {each.resource}: {each.message}" for each in audited.violations]
    return "\n".join(safe_line(line) for line in lines)


def summary_of(audits: Sequence[Audit]) -> str:
    """Return one line over all states."""
    mandatory = sum(each.mandatory for each in audits)
    advisory = sum(each.advisory for each in audits)
    exempt = sum(each.exempt for each in audits)
    failed = sum(bool(each.error) for each in audits)
    text = f"{_states(len(audits))}: {mandatory} mandatory and {advisory} advisory violations"
    text += f", {exempt} exempt" if exempt else ""
    return f"{text}, {failed} could not be judged" if failed else text


def explain_unjudged(audits: Sequence[Audit]) -> str:
    """Return one message with every state that could not be judged and why, or nothing."""
    failed = [each for each in audits if each.error]
    lines = [safe_line(f"- {each.state} {each.error}") for each in failed]
    return "\n".join([f"{_states(len(failed))} could not be judged:", *lines]) if failed else ""


def _states(count: int) -> str:
    return f"{count} state{'' if count == 1 else 's'}"


def status_of(audits: Sequence[Audit]) -> int:
    """Return the exit status of the command."""
    if any(each.error for each in audits):
        return 2
    return 1 if any(each.mandatory for each in audits) else 0


def _count_violations(audited: Audit) -> str:
    if not audited.violations:
        return "no violations"
    text = f"{audited.mandatory} mandatory and {audited.advisory} advisory violations"
    return f"{text}, {audited.exempt} exempt" if audited.exempt else text
