"""PI201 to PI204, PI207, PI208, PI305 and PI402: one association by itself."""

from collections.abc import Callable, Iterator, Mapping

from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict, findings_of
from eks_pod_identity.rules.resource import Resource, account_of
from eks_pod_identity.rules.session import session_policy_verdicts
from eks_pod_identity.values import names

_CHECKS: Mapping[str, Callable[[object], str]] = {
    "clusterName": names.cluster_name,
    "namespace": names.namespace,
    "serviceAccount": names.service_account,
}

__all__ = ["account_verdicts", "name_findings", "name_verdicts", "session_verdicts"]


def name_findings(
    *, cluster_name: object = None, namespace: object = None, service_account: object = None, subject: str
) -> tuple[Finding, ...]:
    """Find wildcards and invalid names (PI402); a name left out or not known yet is not judged."""
    given = {"clusterName": cluster_name, "namespace": namespace, "serviceAccount": service_account}
    return findings_of(name_verdicts(given, subject))


def name_verdicts(properties: Mapping[str, object], subject: str) -> Iterator[Verdict]:
    """Judge the names of an association; one that is not known yet is said."""
    for key, check in _CHECKS.items():
        value = properties.get(key)
        if value is UNKNOWN:
            yield Unjudged(("PI402",), subject, f"{key} is not known yet.")
        elif value is not None:
            try:
                check(value)
            except RuleError as error:
                yield Finding("PI402", subject, f"must be exact: {error.rule}", key)


def session_verdicts(association: Resource) -> Iterator[Verdict]:
    """Judge the session policy of an association and what must stand beside it."""
    subject = association.label
    policy = association.get("policy")
    disable = association.get("disableSessionTags")
    if policy in (None, ""):
        yield Finding("PI208", subject, "has no session policy.", "policy")
        return
    if disable is UNKNOWN:
        yield Unjudged(("PI201",), subject, "disableSessionTags is not known yet.")
    elif disable is not True:
        yield Finding("PI201", subject, "has a session policy while session tags are on.", "disableSessionTags")
    if association.get("targetRoleArn") not in (None, ""):
        yield Finding("PI207", subject, "has a session policy and a target role.", "policy")
    yield from session_policy_verdicts(policy, f"The session policy of {association.mention}")


def account_verdicts(association: Resource, cluster_account: str) -> Iterator[Verdict]:
    """Judge the account of the role against that of the cluster, where both are known."""
    account = account_of(association.get("roleArn"))
    if account and cluster_account and account != cluster_account:
        yield Finding(
            "PI305",
            association.label,
            f"is of a cluster in {cluster_account}, and its role is in {account}.",
            "roleArn",
        )
