"""Assertions about what pods may do, for the tests of a stack. They need no AWS, no cluster and no Pulumi.

If the answer depends on an unknown value, every assertion fails and names the value to pass. A misspelled action, or a
resource that the action does not act on, raises a separate error; otherwise `assert_denied` would pass.
"""

from collections.abc import Iterable, Mapping

from eks_pod_identity.access import Decision, Identity, Outcome, Role
from eks_pod_identity.access.identity import PolicySource
from eks_pod_identity.access.trust import TrustAnswer, ask_trust

__all__ = ["assert_allowed", "assert_denied", "assert_not_trusted", "assert_trusted"]


def assert_allowed(
    identity: Identity,
    action: str,
    resource: str,
    *,
    resource_policy: PolicySource | None = None,
    strict: bool = False,
    context: Mapping[str, object] | None = None,
    **keys: object,
) -> None:
    """Assert that a pod of *identity* may do *action* on *resource*.

    Args:
        identity: The identity, from `identities(program)`, `identities_of_state(export)` or built from plain
            documents.
        action: One action, `s3:GetObject`.
        resource: One resource by its ARN, or `*` for an action that acts on none.
        resource_policy: The policy of the resource; empty when it has none.
        strict: Fail if policies that were not given, such as those of the organization, could change the answer.
        context: Condition keys of the request: `{"aws:SourceIp": "10.0.0.1"}`; None for a key that the
            request does not have.
        **keys: Further condition keys.

    Raises:
        AssertionError: If it may not, or if that is not known.
        QuestionError: If the action does not exist or does not act on such a resource, or a key is no condition key.
        TypeError: If *identity* is no `Identity`.
    """
    __tracebackhide__ = True
    _check_identity(identity)
    decision = identity.decide(
        action, resource, context={**(context or {}), **keys}, resource_policy=resource_policy, strict=strict
    )
    if decision.outcome is not Outcome.ALLOW:
        raise AssertionError(_text(decision))


def assert_denied(
    identity: Identity,
    action: str,
    resource: str,
    *,
    explicit: bool | None = None,
    resource_policy: PolicySource | None = None,
    context: Mapping[str, object] | None = None,
    **keys: object,
) -> None:
    """Assert that a pod of *identity* may not do *action* on *resource*.

    Args:
        identity: The identity, from `identities(program)`, `identities_of_state(export)` or built from plain
            documents.
        action: One action, `s3:GetObject`.
        resource: One resource by its ARN, or `*` for an action that acts on none.
        explicit: True to require a Deny, False to require that nothing allows it. Default: either.
        resource_policy: The policy of the resource; empty when it has none.
        context: Condition keys of the request: `{"aws:SourceIp": "10.0.0.1"}`; None for a key that the
            request does not have.
        **keys: Further condition keys.

    Raises:
        AssertionError: If it may, or if that is not known.
        QuestionError: If the action does not exist or does not act on such a resource, or a key is no condition key.
        TypeError: If *identity* is no `Identity`.
    """
    __tracebackhide__ = True
    _check_identity(identity)
    decision = identity.decide(action, resource, context={**(context or {}), **keys}, resource_policy=resource_policy)
    if decision.outcome not in (Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY):
        raise AssertionError(_text(decision))
    if explicit is not None and explicit is not (decision.outcome is Outcome.EXPLICIT_DENY):
        wanted = "an explicit Deny" if explicit else "no explicit Deny"
        raise AssertionError(f"{wanted} was expected\n{decision}")


def assert_trusted(
    role: Role | Identity,
    *,
    cluster: str,
    namespace: str,
    service_account: str,
    region: str | None = None,
    account: str | None = None,
    session_tags: bool = True,
) -> None:
    """Assert that the trust policy of *role* lets EKS assume it for the pods of a ServiceAccount.

    Args:
        role: The role, or an identity with the role.
        cluster: Name of the cluster.
        namespace: Namespace of the ServiceAccount.
        service_account: Name of the ServiceAccount.
        region: Region of the cluster; by default that of the identity, or any.
        account: Account of the cluster; by default that of the role.
        session_tags: Whether EKS sends session tags.

    Raises:
        AssertionError: If it does not, or if that is not known.
        QuestionError: If no ServiceAccount can have such a name.
    """
    __tracebackhide__ = True
    answer = ask_trust(
        role,
        cluster=cluster,
        namespace=namespace,
        service_account=service_account,
        region=region,
        account=account,
        session_tags=session_tags,
    )
    if answer.admits is not True:
        raise AssertionError(_text(answer))


def assert_not_trusted(
    role: Role | Identity,
    *,
    cluster: str,
    namespace: str,
    service_account: str,
    region: str | None = None,
    account: str | None = None,
    session_tags: bool = True,
) -> None:
    """Assert that the trust policy of *role* does not let EKS assume it for the pods of a ServiceAccount.

    Args:
        role: The role, or an identity with the role.
        cluster: Name of the cluster.
        namespace: Namespace of the ServiceAccount.
        service_account: Name of the ServiceAccount.
        region: Region of the cluster; by default that of the identity, or any.
        account: Account of the cluster; by default that of the role.
        session_tags: Whether EKS sends session tags.

    Raises:
        AssertionError: If it does, or if that is not known.
        QuestionError: If no ServiceAccount can have such a name.
    """
    __tracebackhide__ = True
    answer = ask_trust(
        role,
        cluster=cluster,
        namespace=namespace,
        service_account=service_account,
        region=region,
        account=account,
        session_tags=session_tags,
    )
    if answer.admits is not False:
        raise AssertionError(_text(answer))


def _check_identity(identity: object) -> None:
    __tracebackhide__ = True
    if not isinstance(identity, Identity):
        raise TypeError(
            f"Expected an Identity, got {type(identity).__name__}: what a pod may do depends on the trust policy and "
            "the ServiceAccount too."
        )


def _text(answer: Decision | TrustAnswer) -> str:
    """Return the answer in words and, if it is open, the values to pass."""
    wanted = dict.fromkeys(missing.what for missing in answer.missing)
    keys = [what for what in wanted if ":" in what and " " not in what]
    policies = [what.removeprefix(_TEXT_OF) for what in wanted if what.startswith(f"{_TEXT_OF}arn:")]
    lines = [str(answer)]
    if keys:
        lines.append(f"  Pass the values that decide: context={_map(keys)}")
    if parts := [
        name for name in ("account", "partition", "region") if any(f"the {name} " in what for what in wanted)
    ]:
        lines.append(
            f"  Pass the unknown parts of the cluster: Identity({', '.join(f'{name}=...' for name in parts)})"
        )
    if policies:
        lines.append(f"  Pass their texts where the identities come from: managed_policies={_map(policies)}")
    return "\n".join(lines)


_TEXT_OF = "the text of "


def _map(keys: Iterable[str]) -> str:
    return "{" + ", ".join(f'"{key}": ...' for key in keys) + "}"
