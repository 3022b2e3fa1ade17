"""PI301 seen from the target: whether its trust policy lets the source role in at all."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import listed
from eks_pod_identity.iam import Document, Statement, matches
from eks_pod_identity.iam.eks import ASSUME, TAG
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.stack.located import Located, found
from eks_pod_identity.rules.target import names_identities

_ROLE = re.compile(r"arn:[^:]*:iam::[0-9]{12}:role/.*")


def admission_verdicts(
    association: Resource, target: Resource, trust: Document, source: str, account: str
) -> Iterator[Located]:
    """Judge the trust of a target role against *source*, the ARN of the source role, and its *account*.

    Both may have wildcards or be empty where they are not known. Without session tags nothing is tagged.
    """
    if not trust.statements or not trust.is_complete:
        return
    actions = [ASSUME] if association.get("disableSessionTags") is True else [ASSUME, TAG]
    refused = [action for action in actions if not _may_admit(trust, action, source, account)]
    if refused:
        yield found("PI301", target, f"does not allow {listed(refused)} to the source role of {association.mention}.")


def _may_admit(trust: Document, action: str, source: str, account: str) -> bool:
    return any(
        (one.allows or one.effect_is_open)
        and one.covers_action(action) is not False
        and names_identities(one, account)
        and _may_name(one, source)
        for one in trust.statements
    )


def _may_name(statement: Statement, source: str) -> bool:
    """Tell whether the principals are more than other roles."""
    principals = statement.principals
    if principals is None or principals.negated or principals.include_everyone or principals.is_open("AWS"):
        return principals is not None
    return any(not _ROLE.fullmatch(name) or matches(source, name) for name in principals.of("AWS"))
