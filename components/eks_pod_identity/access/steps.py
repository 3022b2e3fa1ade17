"""The steps that lead to a pod's action, and the policies that decide each.

The terms are those that AWS uses to explain a denied request: policy types, and the effect of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from eks_pod_identity.iam.evaluate import Evaluation


class Outcome(StrEnum):
    """Whether a request is allowed."""

    ALLOW = "ALLOW"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    UNKNOWN = "UNKNOWN"


class CheckType(StrEnum):
    """A policy type that takes part in a decision."""

    PRINCIPAL = "PRINCIPAL"
    PERMISSIONS_BOUNDARY = "PERMISSIONS_BOUNDARY"
    SESSION = "SESSION"
    RESOURCE = "RESOURCE"
    SERVICE_CONTROL_POLICY = "SERVICE_CONTROL_POLICY"
    RESOURCE_CONTROL_POLICY = "RESOURCE_CONTROL_POLICY"
    VPC_ENDPOINT = "VPC_ENDPOINT"


class CheckEffect(StrEnum):
    """The combined effect of the policies of one type."""

    ALLOW = "ALLOW"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    NO_IMPACT = "NO_IMPACT"
    UNKNOWN = "UNKNOWN"
    NOT_GIVEN = "NOT_GIVEN"


@dataclass(frozen=True, slots=True)
class Missing:
    """An unknown value that decides.

    Attributes:
        what: A condition key, or a policy.
        wanted: The comparison in the policy: operator and values.
        location: The statement with the comparison.
    """

    what: str
    wanted: str = ""
    location: str = ""

    def __str__(self) -> str:
        """Return the key and the values it is compared with."""
        return f"{self.what} ({self.wanted})" if self.wanted else self.what


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """The effect of the policies of one type on a request.

    Attributes:
        check_type: The policy type.
        effect: Their combined effect.
        evaluations: The evaluation of each, by name.
    """

    check_type: CheckType
    effect: CheckEffect
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict[str, Evaluation])


@dataclass(frozen=True, slots=True)
class Step:
    """One request that leads to the pod's action.

    Attributes:
        name: What happens: `hop 1 AssumeRole`, …, or the action itself.
        outcome: Whether it is allowed.
        action: The action that is authorized.
        resource: What it acts on.
        checks: The effect of the policies, type by type.
        missing: The unknown values that decide.
        could_be_granted_by: Policy types that were not given and could still allow.
    """

    name: str
    outcome: Outcome
    action: str
    resource: str
    checks: tuple[PolicyCheck, ...] = ()
    missing: tuple[Missing, ...] = ()
    could_be_granted_by: tuple[CheckType, ...] = ()
