"""PI301, PI304 and PI305: from the association over its role to the target role."""

from collections.abc import Iterator, Mapping

from eks_pod_identity.errors import listed
from eks_pod_identity.iam import Document, Statement, intersect, matches, parse, with_variables_open
from eks_pod_identity.iam.eks import ASSUME, TAG
from eks_pod_identity.rules.finding import Unjudged
from eks_pod_identity.rules.resource import ASSOCIATION, CLUSTER, ROLE, Resource, account_of, provider_account
from eks_pod_identity.rules.stack.admission import admission_verdicts
from eks_pod_identity.rules.stack.external_id import external_id_verdicts
from eks_pod_identity.rules.stack.graph import Link, Stack
from eks_pod_identity.rules.stack.located import Located, found, unjudged
from eks_pod_identity.rules.stack.permissions import Permissions

_ACTIONS = (ASSUME, TAG)
_ANY_ROLE = "arn:*:iam::*:role/*"
_SOURCE_CODES = ("PI205", "PI206", "PI301", "PI305")
_TARGET_CODES = ("PI206", "PI301", "PI304")


def chain_verdicts(stack: Stack, permissions: Mapping[str, Permissions], cluster_account: str) -> Iterator[Located]:
    """Judge every association that leads to another role, and the account of its own."""
    trusts: dict[str, Document] = {}
    for association in stack.of(ASSOCIATION):
        source = stack.role(association, "roleArn")
        account = _cluster_account(stack, association, cluster_account)
        judged_alone = cluster_account or provider_account(association.provider_properties)
        if not (judged_alone and association.text("roleArn")):
            yield from _account(association, source.resource, account)
        target = stack.role(association, "targetRoleArn")
        yield from _open_links(association, source, target)
        if association.get("targetRoleArn") in (None, ""):
            continue
        trust = Document()
        if target.resource is not None:
            key = target.resource.urn
            trust = trusts[key] = trusts.get(key) or parse(target.resource.get("assumeRolePolicy"))
            own = account_of(_arn(association, source.resource)) or account
            yield from external_id_verdicts(association, target.resource, trust, account, own)
            pattern = association.text("roleArn") or (_pattern(source.resource) if source.resource else _ANY_ROLE)
            yield from admission_verdicts(association, target.resource, trust, pattern, own)
        if source.resource is not None:
            yield from _permission(association, source.resource, target.resource, trust, permissions)


def _open_links(association: Resource, source: Link, target: Link) -> Iterator[Located]:
    """Say which rules need a role that is not known yet."""
    for key, link, codes in (("roleArn", source, _SOURCE_CODES), ("targetRoleArn", target, _TARGET_CODES)):
        if link.is_open:
            reason = f"the role that {key} names is not known yet."
            yield Located(association, Unjudged(codes, association.label, reason))


def _cluster_account(stack: Stack, association: Resource, configured: str) -> str:
    """The account of the cluster: configured, or read from an ARN that is known, or that of the provider."""
    if configured:
        return configured
    cluster = stack.link(association, "clusterName", association.get("clusterName"), CLUSTER).resource
    return (
        account_of(association.get("associationArn"))
        or account_of(cluster.get("arn") if cluster else None)
        or provider_account(association.provider_properties)
    )


def _account(association: Resource, role: Resource | None, account: str) -> Iterator[Located]:
    actual = account_of(_arn(association, role))
    if not actual and role is not None:
        actual = provider_account(role.provider_properties)
    if account and not actual and role is not None and role.provider != association.provider:
        yield unjudged("PI305", association, f"the account of {role.mention} is not known yet.", "roleArn")
    if actual and account and actual != account:
        yield found("PI305", association, f"is of a cluster in {account}, and its role is in {actual}.", "roleArn")


def _arn(association: Resource, role: Resource | None) -> str:
    return association.text("roleArn") or (role.text("arn") if role else "")


def _permission(
    association: Resource,
    source: Resource,
    target: Resource | None,
    trust: Document,
    permissions: Mapping[str, Permissions],
) -> Iterator[Located]:
    wanted = _target_pattern(association, target)
    granted = permissions.get(source.urn, Permissions())
    own = association.text("roleArn") or _pattern(source)
    verdicts = {
        action: _may(granted, action, wanted, named=_names_the_source(trust, action, own, wanted))
        for action in _ACTIONS
    }
    denied = [action for action, verdict in verdicts.items() if verdict is False]
    if denied:
        yield found("PI301", source, f"may not {listed(denied)} on the target role of {association.mention}.")
    elif None in verdicts.values():
        yield unjudged(
            "PI301", source, f"policies that are not known here may let it assume the target of {association.name}."
        )


def _names_the_source(trust: Document, action: str, source: str, target: str) -> bool | None:
    """Tell whether the target trusts the source role by its ARN within one account: IAM then asks for nothing more."""
    accounts = {account_of(source), account_of(target)} - {""}
    if len(accounts) > 1:
        return False
    allowing = [one for one in trust.statements if one.allows and one.covers_action(action)]
    principals = [one.principals for one in allowing if one.principals is not None]
    if any(matches(source, name) for one in principals for name in one.of("AWS")):
        return None if "*" in source + target else True
    return None if not trust.is_complete or any(one.is_open("AWS") for one in principals) else False


def _target_pattern(association: Resource, target: Resource | None) -> str:
    return association.text("targetRoleArn") or (_pattern(target) if target else "") or _ANY_ROLE


def _pattern(role: Resource) -> str:
    """The ARN of a role, with wildcards for what is not known yet."""
    if role.text("arn") or not role.text("name"):
        return role.text("arn") or _ANY_ROLE
    return f"arn:*:iam::*:role{role.text('path') or '/'}{role.text('name')}"


def _may(granted: Permissions, action: str, target: str, *, named: bool | None) -> bool | None:
    """Tell whether a role may do *action* on *target*; None when policies out of sight may decide it."""
    statements = [one for _, document in granted.documents for one in document.statements]
    if any(one.denies and one.is_unconditional and _covers(one, action, target) for one in statements):
        return False
    verdicts = [_covers(one, action, target) for one in statements if one.allows]
    if named or True in verdicts:
        return _within(granted.boundary, action, target)
    is_open = granted.has_others or None in verdicts or any(not one.is_complete for _, one in granted.documents)
    return None if named is None or is_open or any(one.effect_is_open for one in statements) else False


def _within(boundary: Document | None, action: str, target: str) -> bool | None:
    """Tell whether a permissions boundary of the stack leaves *action*."""
    if boundary is None:
        return True
    if any(one.denies and one.is_unconditional and _covers(one, action, target) for one in boundary.statements):
        return False
    verdicts = [_covers(one, action, target) for one in boundary.statements if one.allows]
    if True in verdicts:
        return True
    return None if None in verdicts or not boundary.is_complete else False


def _covers(statement: Statement, action: str, target: str) -> bool | None:
    by_action = statement.covers_action(action)
    if not by_action:
        return by_action
    if "*" not in target:
        return statement.covers_resource(target)
    resources = statement.resources
    if resources.negated:
        return None
    hit = any(intersect(with_variables_open(one), target) for one in resources.patterns)
    return hit or (None if resources.open else False)


def role_links(stack: Stack) -> Iterator[tuple[Resource, Resource, str]]:
    """Every association with each role of the stack that it uses, and the property that names it."""
    for association in stack.of(ASSOCIATION):
        for key in ("roleArn", "targetRoleArn"):
            role = stack.role(association, key).resource
            if role is not None and role.type == ROLE:
                yield association, role, key
