"""The five policies that judge one resource at a time: which rules each runs, and on what."""

from collections.abc import Callable, Iterable, Mapping

from pulumi_policy import ReportViolation, ResourceValidationArgs

from eks_pod_identity.iam import parse
from eks_pod_identity.rules import Verdict
from eks_pod_identity.rules.association import account_verdicts, name_verdicts, session_verdicts
from eks_pod_identity.rules.finding import merged
from eks_pod_identity.rules.resource import ASSOCIATION, ROLE, Resource, provider_account
from eks_pod_identity.rules.tags import TAGGABLE, tag_verdicts
from eks_pod_identity.rules.target import is_target_trust, target_verdicts
from eks_pod_identity.rules.trust import concerns_pods, trust_verdicts
from eks_pod_identity_policies.reporting import Reporter
from eks_pod_identity_policies.resources import resource_of
from eks_pod_identity_policies.settings import Settings, settings_of

Judge = Callable[[Resource, Settings], Iterable[Verdict] | None]


def _tags(resource: Resource, settings: Settings) -> Iterable[Verdict]:
    return tag_verdicts(resource, settings.required_tags)


def _trust(resource: Resource, _: Settings) -> Iterable[Verdict] | None:
    document = parse(resource.get("assumeRolePolicy"))
    if not (document.is_open or document.open_statements or concerns_pods(document) or not document.statements):
        return None
    return trust_verdicts(document, f"The trust policy of {resource.mention}")


def _target(resource: Resource, _: Settings) -> Iterable[Verdict] | None:
    document = parse(resource.get("assumeRolePolicy"))
    if not is_target_trust(document):
        return None
    return target_verdicts(document, f"The trust policy of {resource.mention}")


def _session(resource: Resource, _: Settings) -> Iterable[Verdict]:
    return session_verdicts(resource)


def _association(resource: Resource, settings: Settings) -> Iterable[Verdict]:
    account = settings.cluster_account or provider_account(resource.provider_properties)
    yield from name_verdicts(resource.properties, resource.label)
    yield from account_verdicts(resource, account)


JUDGES: Mapping[str, tuple[frozenset[str], Judge]] = {
    "pod-identity-tags": (TAGGABLE, _tags),
    "pod-identity-trust": (frozenset({ROLE}), _trust),
    "pod-identity-session-policy": (frozenset({ASSOCIATION}), _session),
    "pod-identity-target-role": (frozenset({ROLE}), _target),
    "pod-identity-association": (frozenset({ASSOCIATION}), _association),
}
"""For each policy the types it looks at, and its judge; a judge answers None where it does not apply."""


def validation(policy: str) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    """The SDK's callback for *policy*."""
    types, judge = JUDGES[policy]

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type not in types:
            args.not_applicable("Not a resource that this policy is about.")
        settings = settings_of(policy, args.get_config())
        resource = resource_of(args)
        reporter = Reporter(settings, report)
        verdicts = judge(resource, settings)
        if verdicts is None:
            args.not_applicable("The trust policy has nothing to do with EKS Pod Identity.")
            return
        for verdict in merged(verdicts):
            reporter.add(verdict, resource)
        if reporter.exempted:
            args.not_applicable("; ".join(reporter.exempted))

    return validate
