"""PI402: a name of an association has a wildcard or is invalid."""

from collections.abc import Callable, Iterator, Mapping

from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict, findings_of
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.values import names

_ROLE = samples.role(samples.trust())
_GOOD = {"role": _ROLE, "association": samples.association(), "agent": samples.agent()}

RULE = Rule(
    code="PI402",
    level=Level.MANDATORY,
    policy="pod-identity-association",
    title="Names are exact and valid",
    cause="A cluster, namespace or ServiceAccount has a wildcard or is not a valid name.",
    why="EKS does not check namespaces and ServiceAccounts, and no cluster has such a name: no pod would ever match.",
    fix="Correct the name.",
    raw_fix="Correct the name.",
    compliant=Example(_GOOD),
    violating=Example({"role": _ROLE, "association": samples.association(namespace="team-*")}),
)


_CHECKS: Mapping[str, Callable[[object], str]] = {
    "clusterName": names.cluster_name,
    "namespace": names.namespace,
    "serviceAccount": names.service_account,
}
_WILDCARDS = frozenset("*?")
_ONE_EACH = "Create one association per ServiceAccount: EKS does not support wildcards."


def name_findings(
    *, cluster_name: object = None, namespace: object = None, service_account: object = None, subject: str
) -> tuple[Finding, ...]:
    """Return wildcards and invalid names (PI402); absent and unknown names are not judged."""
    properties = {"clusterName": cluster_name, "namespace": namespace, "serviceAccount": service_account}
    return findings_of(name_verdicts(properties, subject))


def name_verdicts(properties: Mapping[str, object], subject: str) -> Iterator[Verdict]:
    """Judge the names of an association; one that is not known yet is reported."""
    for key, check in _CHECKS.items():
        value = properties.get(key)
        if value is UNKNOWN:
            yield Unjudged((RULE.code,), subject, f"{key} is not known yet.")
        elif value is not None:
            try:
                check(value)
            except RuleError as error:
                is_pattern = isinstance(value, str) and bool(_WILDCARDS & set(value))
                hint, raw_hint = ("List each ServiceAccount in `bindings`.", _ONE_EACH) if is_pattern else ("", "")
                yield Finding(
                    RULE, subject, f"is not a valid name: {error.rule}", key, hint or error.fix, raw_hint or error.fix
                )
