"""Audits in the formats that CI systems read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from eks_pod_identity._version import __version__
from eks_pod_identity.cli.audit import Audit, Violation
from eks_pod_identity.rules import RULES, Level

_LEVELS = {Level.MANDATORY: "error", Level.ADVISORY: "warning", Level.OFF: "none"}


def sarif_of(audits: Sequence[Audit]) -> str:
    """The audits as SARIF 2.1.0: each result points at the resource's line in the state file."""
    results = [result for one in audits for result in _results(one)]
    notifications = [
        {"level": "error", "message": {"text": f"{one.state}: {one.error}"}} for one in audits if one.error
    ]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "eks-pod-identity", "version": __version__, "rules": _rules()}},
        "invocations": [
            {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications},
        ],
        "results": results,
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "id": one.code,
            "name": one.policy,
            "shortDescription": {"text": one.title},
            "fullDescription": {"text": f"{one.cause} {one.why}"},
            "defaultConfiguration": {"level": _LEVELS[one.level]},
            "help": {"text": f"With the components: {one.fix} In aws resources: {one.raw_fix}"},
        }
        for one in RULES.values()
    ]


def _results(audit: Audit) -> list[dict[str, Any]]:
    lines = _lines(audit.state) if audit.violations else {}
    return [_result(_uri(audit.state), one, lines.get(one.urn, 1)) for one in audit.violations]


def _uri(state: Path) -> str:
    """A path as SARIF wants it: a URI, relative where the path is."""
    return state.as_uri() if state.is_absolute() else quote(state.as_posix())


def _result(uri: str, violation: Violation, line: int) -> dict[str, Any]:
    return {
        "ruleId": violation.code,
        "level": "error" if violation.is_mandatory else "warning",
        "message": {"text": violation.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": line},
                },
                "logicalLocations": [{"fullyQualifiedName": violation.urn, "kind": "resource"}],
            }
        ],
    }


def _lines(state: Path) -> dict[str, int]:
    """The line of each resource in an exported state; one line for all when it is not indented."""
    lines: dict[str, int] = {}
    for number, line in enumerate(state.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        name, _, value = line.strip().partition(": ")
        if name == '"urn"':
            lines.setdefault(value.rstrip(",").strip('"'), number)
    return lines


def junit_of(audits: Sequence[Audit]) -> str:
    """The audits as JUnit XML: a suite for each state, a failed case for each mandatory violation."""
    root = ET.Element("testsuites", name="eks-pod-identity")
    for one in audits:
        suite = ET.SubElement(
            root,
            "testsuite",
            name=str(one.state),
            tests=str(max(1, len(one.violations))),
            failures=str(one.mandatory),
            errors=str(int(bool(one.error))),
        )
        for violation in one.violations:
            case = ET.SubElement(
                suite, "testcase", classname=violation.policy, name=f"{violation.code} {violation.urn}"
            )
            if violation.is_mandatory:
                ET.SubElement(case, "failure", type=violation.code, message=violation.message)
            else:
                ET.SubElement(case, "system-out").text = violation.message
        if one.error or not one.violations:
            case = ET.SubElement(suite, "testcase", classname="eks-pod-identity", name="all rules")
            if one.error:
                ET.SubElement(case, "error", type="analyze", message=one.error)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
