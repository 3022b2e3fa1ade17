"""Reads IAM documents as IAM does.

Condition keys and actions ignore case, any list may be a single value, wildcards and negated elements (`NotAction`)
count, and a part that is not known yet affects nothing else.
"""

from eks_pod_identity.iam.actions import ActionFault, action_fault
from eks_pod_identity.iam.condition import Condition
from eks_pod_identity.iam.document import Document, Problem, parse
from eks_pod_identity.iam.principal import Principals
from eks_pod_identity.iam.statement import Statement, Terms
from eks_pod_identity.iam.wildcards import (
    has_wildcard,
    intersect,
    is_everything,
    matches,
    with_variables_open,
    without_variables,
)

__all__ = [
    "ActionFault",
    "Condition",
    "Document",
    "Principals",
    "Problem",
    "Statement",
    "Terms",
    "action_fault",
    "has_wildcard",
    "intersect",
    "is_everything",
    "matches",
    "parse",
    "with_variables_open",
    "without_variables",
]
