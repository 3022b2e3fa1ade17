"""The steps from a pod to its action, and what the policies say of each.

The words are those that AWS uses when it explains a request that it denied: the types of policies, and what each said.
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
    """A kind of policy that takes part in a decision."""

    PRINCIPAL = "PRINCIPAL"
    PERMISSIONS_BOUNDARY = "PERMISSIONS_BOUNDARY"
    SESSION = "SESSION"
    RESOURCE = "RESOURCE"
    SERVICE_CONTROL_POLICY = "SERVICE_CONTROL_POLICY"
    RESOURCE_CONTROL_POLICY = "RESOURCE_CONTROL_POLICY"
    VPC_ENDPOINT = "VPC_ENDPOINT"


class CheckEffect(StrEnum):
    """What the policies of one kind say."""

    ALLOW = "ALLOW"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    NO_IMPACT = "NO_IMPACT"
    UNKNOWN = "UNKNOWN"
    NOT_GIVEN = "NOT_GIVEN"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that decides and is not known.

    Attributes:
        what: A condition key, or a policy.
        wanted: How the policy compares the key: the operator and its values.
        location: The statement that asks for it.
    """

    what: str
    wanted: str = ""
    location: str = ""

    def __str__(self) -> str:
        """Return the key with what it is compared with."""
        return f"{self.what} ({self.wanted})" if self.wanted else self.what


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """What the policies of one kind say of a request.

    Attributes:
        check_type: The kind of policy.
        effect: What they say together.
        evaluations: What each of them says, by name.
    """

    check_type: CheckType
    effect: CheckEffect
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict[str, Evaluation])


@dataclass(frozen=True, slots=True)
class Step:
    """One request on the way from the pod to its action.

    Attributes:
        name: What happens: `hop 1 AssumeRole`, …, or the action itself.
        outcome: Whether it is allowed.
        action: The action that is authorized.
        resource: What it acts on.
        checks: What the policies say, kind by kind.
        missing: What is not known and decides.
        could_be_granted_by: Kinds of policies that were not given and could still allow.
    """

    name: str
    outcome: Outcome
    action: str
    resource: str
    checks: tuple[PolicyCheck, ...] = ()
    missing: tuple[Missing, ...] = ()
    could_be_granted_by: tuple[CheckType, ...] = ()
