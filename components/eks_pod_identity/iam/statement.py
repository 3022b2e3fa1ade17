"""One statement of a policy document, and what it covers."""

from dataclasses import dataclass

from eks_pod_identity.iam.condition import Condition
from eks_pod_identity.iam.principal import Principals
from eks_pod_identity.iam.wildcards import matches


@dataclass(frozen=True, slots=True)
class Terms:
    """The patterns of `Action`/`NotAction` or `Resource`/`NotResource`."""

    patterns: tuple[str, ...] = ()
    negated: bool = False
    present: bool = False
    open: bool = False

    def cover_action(self, action: str) -> bool | None:
        """Tell whether *action* is covered; None when a part that is not known yet may decide it."""
        if not self.present:
            return False
        if any(matches(pattern.lower(), action.lower()) for pattern in self.patterns):
            return not self.negated
        return None if self.open else self.negated


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose parts are read; what could not be read is in the document's problems."""

    location: str
    effect: str
    effect_is_open: bool
    principals: Principals | None
    actions: Terms
    resources: Terms
    conditions: tuple[Condition, ...]
    conditions_are_open: bool

    @property
    def allows(self) -> bool:
        """Whether the effect is known to be `Allow`."""
        return self.effect == "Allow"

    @property
    def denies(self) -> bool:
        """Whether the effect is known to be `Deny`."""
        return self.effect == "Deny"

    @property
    def is_unconditional(self) -> bool:
        """Whether nothing restricts the statement, and nothing unknown may."""
        return not self.conditions and not self.conditions_are_open

    def covers_action(self, action: str) -> bool | None:
        """Tell whether *action* is covered; None when that is not known yet."""
        return self.actions.cover_action(action)

    def condition_parts(self) -> frozenset[tuple[str, str, frozenset[str]]]:
        """The conditions in a form that compares equal when they mean the same."""
        return frozenset(
            (condition.operator.lower(), condition.name, frozenset(condition.values)) for condition in self.conditions
        )
