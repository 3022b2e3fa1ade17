"""The description of a rule, and its examples."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Level(enum.Enum):
    """The effect of a finding: `mandatory` fails the run, `advisory` is only shown, `off` is not checked."""

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
    """A rule, whose code never changes meaning. There is one object per rule, so rules are compared by identity.

    *cause* is what is wrong, *why* what happens then. *fix* is for users of the components, *raw_fix* for those who
    write `aws` resources themselves; a finding may have a more specific fix.
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
