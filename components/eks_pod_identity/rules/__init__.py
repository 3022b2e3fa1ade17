"""The rules for documents, resources and whole stacks, each under a code that never changes meaning.

Everything here is a pure function of plain data. `UNKNOWN` marks unknown values, and affects nothing else. No input
makes a rule raise. Each rule is one module with its text and its check: PI304 is `chain/pi304_external_id.py`.

The public names are imported when they are first used. A component needs two or three of the rules, and importing all
of them takes as long as creating eight identities. `__init__.pyi` gives type checkers their types.
"""

from importlib import import_module
from typing import Any

_MODULES = {
    "LONGEST_SESSION_POLICY": ".session.pi202_size",
    "RULES": ".catalogue",
    "UNKNOWN": "..iam.unknown",
    "Example": ".rule",
    "Finding": ".finding",
    "Level": ".rule",
    "Required": ".tags.required",
    "Resource": ".resource",
    "Rule": ".rule",
    "Unjudged": ".finding",
    "Unknown": "..iam.unknown",
    "Verdict": ".finding",
    "name_findings": ".stack.pi402_names",
    "session_policy_findings": ".session.judge",
    "stack_verdicts": ".judge_stack",
    "tag_verdicts": ".tags.judge",
    "target_trust_findings": ".chain.target_trust",
    "trust_findings": ".trust.judge",
}

__all__ = list(_MODULES)  # pyright: ignore[reportUnsupportedDunderAll] - type checkers read __init__.pyi


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name], __name__), name)
