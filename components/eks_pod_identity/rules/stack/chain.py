"""PI301, PI304 and PI305: from the association over its role to the target role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eks_pod_identity.rules.finding import Unjudged
from eks_pod_identity.rules.iam import Document, Statement, intersect, parse
from eks_pod_identity.rules.resource import ASSOCIATION, CLUSTER, ROLE, Resource, account_of, provider_account, text_of
from eks_pod_identity.rules.stack.located import Located, found, unjudged
from eks_pod_identity.rules.stack.permissions import Permissions
from eks_pod_identity.rules.text import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eks_pod_identity.rules.stack.graph import Link, Stack

_ACTIONS = ("sts:AssumeRole", "sts:TagSession")
_EXTERNAL_ID = "sts:externalid"
_SOURCE_CODES = ("PI205", "PI206", "PI301", "PI305")
_TARGET_CODES = ("PI206", "PI301", "PI304")


def chain_verdicts(stack: Stack, permissions: Mapping[str, Permissions], cluster_account: str) -> Iterator[Located]:
    """Judge every association that leads to another role, and the account of its own."""
    trusts: dict[str, Document] = {}
    for association in stack.of(ASSOCIATION):
        source = stack.role(association, "roleArn")
        account = _cluster_account(stack, association, cluster_account)
        if not cluster_account and not provider_account(association.provider_properties):
            yield from _account(association, source.resource, account)
        target = stack.role(association, "targetRoleArn")
        yield from _open_links(association, source, target)
        if association.get("targetRoleArn") in (None, ""):
            continue
        if source.resource is not None:
            yield from _permission(association, source.resource, target.resource, permissions)
        if target.resource is not None:
            trust = trusts.setdefault(target.resource.urn, parse(target.resource.get("assumeRolePolicy")))
            yield from _external_id(association, target.resource, trust, account)


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
    arn = association.get("roleArn") if association.text("roleArn") else role.get("arn") if role else None
    actual = account_of(arn)
    if account and not actual and role is not None and role.provider != association.provider:
        yield unjudged("PI305", association, f"the account of {role.mention} is not known yet.", "roleArn")
    if actual and account and actual != account:
        yield found("PI305", association, f"is of a cluster in {account}, and its role is in {actual}.", "roleArn")


def _permission(
    association: Resource, source: Resource, target: Resource | None, permissions: Mapping[str, Permissions]
) -> Iterator[Located]:
    wanted = _target_pattern(association, target)
    granted = permissions.get(source.urn, Permissions())
    verdicts = {action: _may(granted, action, wanted) for action in _ACTIONS}
    denied = [action for action, verdict in verdicts.items() if verdict is False]
    if denied:
        yield found("PI301", source, f"may not {listed(denied)} on the target role of {association.mention}.")
    elif None in verdicts.values():
        yield unjudged(
            "PI301", source, f"policies that are not known here may let it assume the target of {association.name}."
        )


def _target_pattern(association: Resource, target: Resource | None) -> str:
    """The ARN of the target role, with wildcards for what is not known yet."""
    arn = association.text("targetRoleArn") or (target.text("arn") if target else "")
    if arn:
        return arn
    if target is None or not target.text("name"):
        return "arn:*:iam::*:role/*"
    return f"arn:*:iam::*:role{target.text('path') or '/'}{target.text('name')}"


def _may(granted: Permissions, action: str, target: str) -> bool | None:
    """Tell whether a role may do *action* on *target*; None when policies out of sight may decide it."""
    statements = [one for _, document in granted.documents for one in document.statements]
    if any(one.denies and one.is_unconditional and _covers(one, action, target) for one in statements):
        return False
    verdicts = [_covers(one, action, target) for one in statements if one.allows]
    if True in verdicts:
        return True
    is_open = granted.has_others or None in verdicts or any(not one.is_complete for _, one in granted.documents)
    return None if is_open or any(one.effect_is_open for one in statements) else False


def _covers(statement: Statement, action: str, target: str) -> bool | None:
    by_action = statement.covers_action(action)
    if not by_action:
        return by_action
    if "*" not in target:
        return statement.covers_resource(target)
    resources = statement.resources
    if resources.negated:
        return None
    return any(intersect(one, target) for one in resources.patterns) or (None if resources.open else False)


def _external_id(association: Resource, target: Resource, trust: Document, account: str) -> Iterator[Located]:
    """Judge whether some statement that allows the call takes the external id that EKS will send."""
    assuming = [one for one in trust.statements if one.allows and one.covers_action(_ACTIONS[0])]
    expected = _expected(association, account)
    given: list[str] = []
    is_open = not trust.is_complete
    for one in assuming:
        conditions = [each for each in one.conditions if each.name == _EXTERNAL_ID and each.needs_the_key]
        if not conditions and not one.conditions_are_open:
            return
        is_open = is_open or one.conditions_are_open or any(each.open_values for each in conditions)
        for each in conditions:
            if any(_is_same(value, expected, wild=each.takes_wildcards) for value in each.values):
                return
            given.extend(each.values)
    if is_open:
        yield unjudged("PI304", target, f"what it trusts for {association.name} is not known yet.")
    elif assuming:
        sent = "/".join(expected)
        yield found(
            "PI304",
            target,
            f"trusts the external id {listed([quoted(one) for one in given])}; EKS sends {quoted(sent)} for "
            f"{association.mention}.",
        )


def _expected(association: Resource, account: str) -> tuple[str, ...]:
    """The external id in its parts, with `*` for what is not known yet."""
    actual = association.text("externalId")
    if actual:
        return tuple(actual.split("/"))
    region = association.text("region") or text_of(association.provider_properties.get("region"))
    own = account or account_of(association.get("roleArn"))
    names = (association.text(key) for key in ("clusterName", "namespace", "serviceAccount"))
    return tuple(part or "*" for part in (region, own, *names))


def _is_same(value: str, expected: tuple[str, ...], *, wild: bool) -> bool:
    if wild and ("*" in value or "?" in value):
        return intersect(value, "/".join(expected))
    parts = value.split("/")
    return len(parts) == len(expected) and all(want in ("*", part) for part, want in zip(parts, expected, strict=True))


def role_links(stack: Stack) -> Iterator[tuple[Resource, Resource, str]]:
    """Every association with each role of the stack that it uses, and the property that names it."""
    for association in stack.of(ASSOCIATION):
        for key in ("roleArn", "targetRoleArn"):
            role = stack.role(association, key).resource
            if role is not None and role.type == ROLE:
                yield association, role, key
