"""PI304: whether the trust of a target role takes the external id that EKS sends."""

from collections.abc import Iterator

from eks_pod_identity.errors import listed, quoted
from eks_pod_identity.iam import Condition, Document, intersect, with_variables_open
from eks_pod_identity.iam.eks import ASSUME, EXTERNAL_ID
from eks_pod_identity.rules.resource import Resource, account_of, text_of
from eks_pod_identity.rules.stack.located import Located, found, unjudged
from eks_pod_identity.rules.target import names_identities


def external_id_verdicts(
    association: Resource, target: Resource, trust: Document, account: str, source_account: str
) -> Iterator[Located]:
    """Judge whether some statement that allows the call takes the external id.

    EKS sends it with every target role, so a condition that only asks for it when it is there counts too.
    """
    assuming = [
        one
        for one in trust.statements
        if one.allows and one.covers_action(ASSUME) and names_identities(one, source_account)
    ]
    expected = _expected(association, account)
    given: list[str] = []
    is_open = not trust.is_complete
    for one in assuming:
        conditions = [each for each in one.conditions if each.name == EXTERNAL_ID and each.restricts]
        if all(_takes(each, expected) for each in conditions) and not one.conditions_are_open:
            return
        is_open = is_open or one.conditions_are_open or any(each.open_values for each in conditions)
        given.extend(value for each in conditions for value in each.values)
    if is_open:
        yield unjudged("PI304", target, f"what it trusts for {association.name} is not known yet.")
    elif given:
        yield found(
            "PI304",
            target,
            f"trusts the external id {listed([quoted(one) for one in given])}; EKS sends {quoted('/'.join(expected))} "
            f"for {association.mention}.",
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


def _takes(condition: Condition, expected: tuple[str, ...]) -> bool:
    ignore_case = condition.base.endswith("ignorecase")
    wanted = tuple(part.lower() for part in expected) if ignore_case else expected
    return any(
        _is_same(value.lower() if ignore_case else value, wanted, wild=condition.takes_wildcards)
        for value in condition.values
    )


def _is_same(value: str, expected: tuple[str, ...], *, wild: bool) -> bool:
    pattern = with_variables_open(value)
    if pattern != value or (wild and ("*" in value or "?" in value)):
        return intersect(pattern, "/".join(expected))
    parts = value.split("/")
    return len(parts) == len(expected) and all(want in ("*", part) for part, want in zip(parts, expected, strict=True))
