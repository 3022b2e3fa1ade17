"""Writes audits in the formats that CI systems read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from eks_pod_identity._version import __version__
from eks_pod_identity.cli.audit import Audit, Violation
from eks_pod_identity.errors import escape_unprintable
from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.rule import Level

_LEVELS = {Level.MANDATORY: "error", Level.ADVISORY: "warning", Level.OFF: "none"}


def sarif_of(audits: Sequence[Audit]) -> str:
    """Return the audits as SARIF 2.1.0; each result points to the resource's line in the state file."""
    results = [result for audit in audits for result in _results(audit)]
    notifications = [
        {"level": "error", "message": {"text": escape_unprintable(f"{audit.state}: {audit.error}")}}
        for audit in audits
        if audit.error
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
            "id": rule.code,
            "name": rule.policy,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": f"{rule.cause} {rule.why}"},
            "defaultConfiguration": {"level": _LEVELS[rule.level]},
            "help": {"text": f"With the components: {rule.fix} In aws resources: {rule.raw_fix}"},
        }
        for rule in RULES.values()
    ]


def _results(audit: Audit) -> list[dict[str, Any]]:
    return [_result(_uri(audit.state), each, audit.lines.get(each.urn, 1)) for each in audit.violations]


def _uri(state: Path) -> str:
    """Return a path as SARIF requires it: a URI, relative if the path is."""
    return state.as_uri() if state.is_absolute() else quote(state.as_posix())


def _result(uri: str, violation: Violation, line: int) -> dict[str, Any]:
    suppression = {"kind": "external", "status": "accepted", "justification": escape_unprintable(violation.exemption)}
    return {
        "ruleId": violation.code,
        "level": "error" if violation.is_mandatory else "warning",
        "message": {"text": escape_unprintable(violation.message)},
        **({"suppressions": [suppression]} if violation.exemption else {}),
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": line},
                },
                "logicalLocations": [{"fullyQualifiedName": escape_unprintable(violation.urn), "kind": "resource"}],
            }
        ],
    }


def junit_of(audits: Sequence[Audit]) -> str:
    """Return the audits as JUnit XML: a suite per state, and a failed case per mandatory violation.

    All text is made printable first, because XML cannot contain most control characters.
    """
    root = ET.Element("testsuites", name="eks-pod-identity")
    for audit in audits:
        suite = ET.SubElement(
            root,
            "testsuite",
            name=escape_unprintable(str(audit.state)),
            tests=str(max(1, len(audit.violations))),
            failures=str(audit.mandatory),
            errors=str(int(bool(audit.error))),
            skipped=str(audit.exempt),
        )
        for violation in audit.violations:
            _case(suite, violation)
        if audit.error or not audit.violations:
            case = ET.SubElement(suite, "testcase", classname="eks-pod-identity", name="all rules")
            if audit.error:
                ET.SubElement(case, "error", type="analyze", message=escape_unprintable(audit.error))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, violation: Violation) -> None:
    name = escape_unprintable(f"{violation.code} {violation.urn}")
    case = ET.SubElement(suite, "testcase", classname=escape_unprintable(violation.policy), name=name)
    message = escape_unprintable(violation.message)
    if violation.exemption:
        ET.SubElement(case, "skipped", message=message)
    elif violation.is_mandatory:
        ET.SubElement(case, "failure", type=escape_unprintable(violation.code), message=message)
    else:
        ET.SubElement(case, "system-out").text = message
