"""What is written down about a rule, and what an example of it looks like."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Level(enum.Enum):
    """What a finding does to a run: `mandatory` stops it, `advisory` is said, `off` is not looked for."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Example:
    """Resources as in a Pulumi YAML program, by name: `type` and `properties`.

    A value `${role.arn}` refers to another resource of the example: known after `pulumi up`, not known at preview.
    Documents stand as data where Pulumi takes JSON text. *config* is policy configuration that the example needs.
    """

    resources: Mapping[str, Mapping[str, Any]]
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code never changes meaning.

    *cause* says when it is wrong, *why* what happens then. *fix* speaks to users of the components, *raw_fix* to
    those who write `aws` resources themselves.
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
