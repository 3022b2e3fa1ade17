"""Every rule with its texts and examples, by code."""

from collections.abc import Mapping

from eks_pod_identity.rules.catalogue import association, attachments, session, tags, target, trust
from eks_pod_identity.rules.rule import Rule

RULES: Mapping[str, Rule] = {
    rule.code: rule for family in (trust, session, target, association, tags, attachments) for rule in family.RULES
}
"""The catalogue in the order of the codes."""

__all__ = ["RULES"]
