"""Audits of saved state: `pulumi policy analyze` run over one file, and what it reported."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from eks_pod_identity.errors import quoted

_COLOUR = re.compile(r"<\{%.*?%\}>")
_CODE = re.compile(r"\[(PI\d{3})\]")
_SECONDS = 900


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


def problems_of(*, pack: Path, config: Path | None, pulumi: str, reports: Sequence[Path | None]) -> list[str]:
    """Say what is wrong with the options of an audit, before anything is run."""
    problems: list[str] = []
    if shutil.which(pulumi) is None:
        problems.append(
            f"--pulumi: there is no program {quoted(pulumi)}; install the Pulumi CLI, 3.249 or newer, or say where it is."
        )
    if not (pack / "PulumiPolicy.yaml").is_file():
        problems.append(
            f"--policy-pack: {quoted(str(pack))} has no PulumiPolicy.yaml; `eks-pod-identity policy-pack init` writes a pack."
        )
    if config is not None:
        _, problem = _object_in(config)
        problems += [f"--config: {quoted(str(config))} {problem}."] if problem else []
    for option, report in zip(("--sarif", "--junit"), reports, strict=True):
        problem = _cannot_be_written(report) if report is not None else ""
        problems += [f"{option}: {quoted(str(report))} {problem}."] if problem else []
    return problems


def _cannot_be_written(report: Path) -> str:
    if report.is_dir():
        return "is a directory"
    if not report.parent.is_dir():
        return "is in a directory that does not exist"
    return "" if os.access(report if report.exists() else report.parent, os.W_OK) else "cannot be written"


def _object_in(file: Path) -> tuple[dict[str, Any], str]:
    """Read a JSON object; the second part says why there is none."""
    try:
        found: object = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        return {}, f"cannot be read: {error.strerror}"
    except (ValueError, RecursionError):
        return {}, "is not JSON"
    return (cast("dict[str, Any]", found), "") if isinstance(found, dict) else ({}, "is not a JSON object")


def audit(state: Path, *, pack: Path, config: Path | None, pulumi: str) -> Audit:
    """Judge *state* with the policy pack in the folder *pack*."""
    found, problem = _object_in(state)
    if not problem and not isinstance(found.get("deployment"), dict):
        problem = "has no deployment: it is not what `pulumi stack export` writes"
    if problem:
        return Audit(state, error=problem)
    command = [pulumi, "policy", "analyze", "--file", str(state), "--policy-pack", str(pack), "--json"]
    command += ["--policy-pack-config", str(config)] if config else []
    environment = {"PULUMI_SKIP_UPDATE_CHECK": "true", **os.environ}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS, env=environment)
    except OSError as error:
        return Audit(state, error=f"{pulumi} could not be run: {error.strerror}")
    except subprocess.TimeoutExpired:
        return Audit(state, error=f"{pulumi} was not done after {_SECONDS} seconds")
    violations = tuple(sorted(_violations(done.stdout), key=lambda one: (one.urn, one.code, one.message)))
    found_here = Audit(state, violations)
    if done.returncode and not found_here.mandatory:
        return Audit(state, violations, error=_last_line(done.stderr) or f"pulumi ended with {done.returncode}")
    return found_here


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
    text = f"{_states(len(audits))}: {mandatory} mandatory and {advisory} advisory violations"
    return f"{text}, {failed} could not be judged" if failed else text


def unjudged(audits: Sequence[Audit]) -> str:
    """One message that lists every state that could not be judged, and why; nothing when all were."""
    failed = [one for one in audits if one.error]
    lines = [f"- {one.state} {one.error}" for one in failed]
    return "\n".join([f"{_states(len(failed))} could not be judged:", *lines]) if failed else ""


def _states(count: int) -> str:
    return f"{count} state{'' if count == 1 else 's'}"


def status_of(audits: Sequence[Audit]) -> int:
    """The exit status of the command."""
    if any(one.error for one in audits):
        return 2
    return 1 if any(one.mandatory for one in audits) else 0


def _counted(one: Audit) -> str:
    if not one.violations:
        return "no violations"
    return f"{one.mandatory} mandatory and {len(one.violations) - one.mandatory} advisory violations"
