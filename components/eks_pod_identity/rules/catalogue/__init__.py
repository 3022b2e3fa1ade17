"""Every rule with its texts and examples, by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eks_pod_identity.rules.catalogue import association, attachments, session, tags, target, trust

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eks_pod_identity.rules.rule import Rule

RULES: Final[Mapping[str, Rule]] = {
    rule.code: rule for family in (trust, session, target, association, tags, attachments) for rule in family.RULES
}
"""The catalogue in the order of the codes."""

__all__ = ["RULES"]
