"""Turns verdicts into diagnostics: levels, exemptions, and what could not be judged."""

import inspect
from collections.abc import Callable
from typing import Any

from pulumi.runtime import proto

from eks_pod_identity.errors import safe_line
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Level
from eks_pod_identity_policies.settings import Exemption, Settings

Report = Callable[..., None]


class Reporter:
    """Reports the verdicts of a policy on a resource or stack. It reports each verdict once."""

    def __init__(self, settings: Settings, report: Report) -> None:
        """Report through the SDK's *report*, as *settings* require."""
        self._settings = settings
        self._callback = report
        self._diagnostics = _diagnostics_of(report)
        self._reported: set[tuple[str, str]] = set()
        self.exempted: list[str] = []
        for problem in settings.problems:
            self._report(f"[configuration] {problem}.", Level.MANDATORY, "")

    def add(self, verdict: Verdict, resource: Resource) -> None:
        """Report *verdict* on *resource*."""
        if isinstance(verdict, Finding):
            self._add_finding(verdict, resource)
        else:
            self._add_unjudged(verdict, resource)

    def _add_finding(self, finding: Finding, resource: Resource) -> None:
        level = self._settings.level(finding.code)
        if level is Level.OFF:
            return
        exemption, expired = self._exemptions_of(finding.code, resource)
        if exemption is not None:
            message = exempt_message(finding, exemption)
            if self._report(message, Level.ADVISORY, resource.urn):
                self.exempted.append(message)
            return
        message = finding.message(raw=not resource.is_of_component)
        if expired is not None:
            message += f" An exemption for this expired on {expired.expires}: {expired.reason}"
        self._report(message, level, resource.urn)

    def _add_unjudged(self, verdict: Unjudged, resource: Resource) -> None:
        if self._settings.on_unknown == "skip":
            return
        codes = tuple(
            code
            for code in verdict.codes
            if self._settings.level(code) is not Level.OFF and self._exemptions_of(code, resource)[0] is None
        )
        if codes:
            level = Level.MANDATORY if self._settings.on_unknown == "fail" else Level.ADVISORY
            unjudged = Unjudged(codes, verdict.subject, verdict.reason, verdict.location)
            self._report(unjudged.message(), level, resource.urn)

    def _exemptions_of(self, code: str, resource: Resource) -> tuple[Exemption | None, Exemption | None]:
        """Return the exemption that applies, and one that has expired."""
        covering = [each for each in self._settings.exemptions if each.covers(code, resource.urn, resource.name)]
        valid = next((each for each in covering if not each.is_expired()), None)
        return valid, next((each for each in covering if each.is_expired()), None) if valid is None else None

    def _report(self, message: str, level: Level, urn: str) -> bool:
        """Report *message*, and return whether it is new."""
        message = safe_line(message)
        if (urn, message) in self._reported:
            return False
        self._reported.add((urn, message))
        self._callback(message, urn or None)
        diagnostic = self._diagnostics[-1] if self._diagnostics else None
        if diagnostic is not None:
            # The SDK puts the policy's description first; the code must come first.
            diagnostic.message = message
            if level is Level.ADVISORY and diagnostic.enforcementLevel == proto.MANDATORY:
                diagnostic.enforcementLevel = proto.ADVISORY
        return True


def exempt_message(finding: Finding, exemption: Exemption) -> str:
    """Return the message for an exempt finding: until when and why, and the finding."""
    where = f"{finding.subject}, {finding.location}," if finding.location else finding.subject
    until = f"is exempt until {exemption.expires} ({exemption.reason})"
    return f"[{finding.code}] {until}: {where} {finding.problem}"


def _diagnostics_of(report: Report) -> Any:
    """Return the diagnostics that *report* adds to, or None for a callback that is not the SDK's.

    The SDK gives every finding the level of its policy, and offers no way to lower it. The callback of the SDK closes
    over the response, which holds the level of each diagnostic. A test checks that.
    """
    if not inspect.isfunction(report):
        return None
    return getattr(inspect.getclosurevars(report).nonlocals.get("response"), "diagnostics", None)
