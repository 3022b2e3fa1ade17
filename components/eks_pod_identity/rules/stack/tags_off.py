"""PI206: session tags are off, and something needs them."""

import re
from collections.abc import Callable, Iterator, Mapping

from eks_pod_identity.iam import Condition, Document, Statement, parse
from eks_pod_identity.iam.eks import ASSUME, PRINCIPAL_TAG, REQUEST_TAG, is_session_tag, session_tag_of
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.resource import ASSOCIATION, Resource
from eks_pod_identity.rules.stack.graph import Stack
from eks_pod_identity.rules.stack.located import Located, found, unjudged
from eks_pod_identity.rules.stack.permissions import Permissions
from eks_pod_identity.rules.target import names_identities
from eks_pod_identity.rules.trust.statements import names_pods

_VARIABLE = re.compile(r"\$\{\s*aws:principaltag/(kubernetes-|eks-cluster-)", re.IGNORECASE)


def tags_off_verdicts(stack: Stack, permissions: Mapping[str, Permissions]) -> Iterator[Located]:
    """Judge every association without session tags against the roles that it uses."""
    needs: dict[tuple[str, str], str | None] = {}
    for association in stack.of(ASSOCIATION):
        if association.get("disableSessionTags") not in (True, UNKNOWN):
            continue
        for key in ("roleArn", "targetRoleArn"):
            role = stack.role(association, key).resource
            if role is None:
                continue
            if (role.urn, key) not in needs:
                assumes = names_pods if key == "roleArn" else names_identities
                needs[role.urn, key] = _need(role, permissions.get(role.urn, Permissions()), assumes)
            need = needs[role.urn, key]
            if need and association.get("disableSessionTags") is UNKNOWN:
                yield unjudged("PI206", association, "disableSessionTags is not known yet.")
            elif need:
                yield found("PI206", association, f"has session tags off, but {need}.", "disableSessionTags")
            elif need is None:
                yield unjudged("PI206", association, f"a policy of {role.mention} is not known yet.")


def _need(role: Resource, permissions: Permissions, assumes: Callable[[Statement], bool]) -> str | None:
    """Say what needs session tags; nothing when nothing does, None when that is not known yet."""
    trust = parse(role.get("assumeRolePolicy"))
    assuming = [one for one in trust.statements if one.allows and one.covers_action(ASSUME) and assumes(one)]
    is_open = not trust.is_complete or any(one.conditions_are_open for one in assuming)
    if assuming and not trust.open_statements and all(_requires_tags(one) for one in assuming):
        return f"the trust policy of {role.mention} asks for them"
    for mention, document in permissions.documents:
        if any(_uses_tags(one) for one in document.statements):
            return f"{mention} uses them"
        is_open = is_open or _is_open(document)
    return None if is_open else ""


def _is_open(document: Document) -> bool:
    return not document.is_complete or any(
        one.conditions_are_open or one.resources.open for one in document.statements
    )


def _requires_tags(statement: Statement) -> bool:
    return any(
        one.needs_the_key
        and (
            is_session_tag(session_tag_of(one.key, REQUEST_TAG))
            or is_session_tag(session_tag_of(one.key, PRINCIPAL_TAG))
        )
        for one in statement.conditions
    )


def _uses_tags(statement: Statement) -> bool:
    return any(_VARIABLE.search(one) for one in statement.resources.patterns) or any(
        _condition_uses_tags(one) for one in statement.conditions
    )


def _condition_uses_tags(condition: Condition) -> bool:
    tag = session_tag_of(condition.key, PRINCIPAL_TAG)
    return tag.startswith(("kubernetes-", "eks-cluster-")) or any(_VARIABLE.search(one) for one in condition.values)
