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
        """Return whether *action* is covered; None if an unknown part may decide."""
        if not self.present:
            return False
        if any(matches(pattern.lower(), action.lower()) for pattern in self.patterns):
            return not self.negated
        return None if self.open else self.negated


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed statement. Parts that cannot be parsed are in the document's problems."""

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
        """Return whether the effect is known to be `Allow`."""
        return self.effect == "Allow"

    @property
    def denies(self) -> bool:
        """Return whether the effect is known to be `Deny`."""
        return self.effect == "Deny"

    @property
    def is_unconditional(self) -> bool:
        """Return whether nothing restricts the statement, not even an unknown part."""
        return not self.conditions and not self.conditions_are_open

    def covers_action(self, action: str) -> bool | None:
        """Return whether *action* is covered; None if that is not known yet."""
        return self.actions.cover_action(action)

    def condition_parts(self) -> frozenset[tuple[str, str, frozenset[str]]]:
        """Return the conditions in a form that is equal if they mean the same."""
        return frozenset(
            (condition.operator.lower(), condition.name, frozenset(condition.values)) for condition in self.conditions
        )
