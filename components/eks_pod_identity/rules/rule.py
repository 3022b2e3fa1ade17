"""What is written down about a rule, and what an example of it looks like."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Level(enum.Enum):
    """What a finding does to a run: `mandatory` stops it, `advisory` is only shown, `off` is not looked for."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Example:
    """Resources as in a Pulumi YAML program, by name: `type` and `properties`.

    A value `${role.arn}` refers to another resource of the example: known after `pulumi up`, not known at preview.
    Documents are data where Pulumi takes JSON text. *config* is policy configuration that the example needs.
    """

    resources: Mapping[str, Mapping[str, Any]]
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule: its code never changes meaning. There is one object a rule, so two rules are equal when they are one.

    *cause* says what is wrong, *why* what happens then. *fix* is for users of the components, *raw_fix* for those who
    write `aws` resources themselves; a finding may have a fix of its own that fits the case.
    """

    code: str
    level: Level
    policy: str
    title: str
    cause: str
    why: str
    fix: str
    raw_fix: str
    compliant: Example
    violating: Example
