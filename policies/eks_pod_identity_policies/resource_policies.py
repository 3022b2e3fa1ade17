"""The five policies that judge one resource at a time: the rules of each, and the resources they judge."""

from collections.abc import Callable, Iterable, Mapping

from pulumi_policy import ReportViolation, ResourceValidationArgs

from eks_pod_identity.iam import parse
from eks_pod_identity.rules.chain.pi305_account import account_verdicts
from eks_pod_identity.rules.chain.pi306_whole_account import whole_account_verdicts
from eks_pod_identity.rules.chain.target_trust import is_target_trust, target_verdicts
from eks_pod_identity.rules.finding import Verdict, merge
from eks_pod_identity.rules.graph.associations import addon_associations
from eks_pod_identity.rules.resource import ADDON, ASSOCIATION, ROLE, Resource, provider_account
from eks_pod_identity.rules.session.judge import session_verdicts
from eks_pod_identity.rules.stack.pi402_names import name_verdicts
from eks_pod_identity.rules.tags.effective import TAGGABLE
from eks_pod_identity.rules.tags.judge import tag_verdicts
from eks_pod_identity.rules.trust.judge import concerns_pods, trust_verdicts
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
    subject = f"The trust policy of {resource.mention}"
    if is_target_trust(document):
        return target_verdicts(document, subject)
    return whole_account_verdicts(document, subject) if concerns_pods(document) else None


def _session(resource: Resource, _: Settings) -> Iterable[Verdict]:
    return session_verdicts(resource)


def _association(resource: Resource, settings: Settings) -> Iterable[Verdict] | None:
    if resource.type != ADDON:
        return _names_and_account(resource, settings)
    inside = list(addon_associations(resource))
    return [verdict for each in inside for verdict in _names_and_account(each, settings)] if inside else None


def _names_and_account(association: Resource, settings: Settings) -> Iterable[Verdict]:
    account = settings.cluster_account or provider_account(association.provider_properties)
    names = {
        key: value for key, value in association.properties.items() if key != "namespace" or not association.addon
    }
    yield from name_verdicts(names, association.label)
    yield from account_verdicts(association, account)


JUDGES: Mapping[str, tuple[frozenset[str], Judge]] = {
    "pod-identity-tags": (TAGGABLE, _tags),
    "pod-identity-trust": (frozenset({ROLE}), _trust),
    "pod-identity-session-policy": (frozenset({ASSOCIATION}), _session),
    "pod-identity-target-role": (frozenset({ROLE}), _target),
    "pod-identity-association": (frozenset({ASSOCIATION, ADDON}), _association),
}
"""For each policy, the resource types and the judge, which returns None if it does not apply."""


def validation(policy: str) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    """Return the SDK's callback for *policy*."""
    types, judge = JUDGES[policy]

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type not in types:
            args.not_applicable("This policy does not apply to resources of this type.")  # which raises
        settings = settings_of(policy, args.get_config())
        resource = resource_of(args)
        reporter = Reporter(settings, report)
        verdicts = judge(resource, settings)
        if verdicts is None:
            args.not_applicable("The resource has nothing to do with EKS Pod Identity.")
            return  # never reached, which the type checker does not know
        for verdict in merge(verdicts):
            reporter.add(verdict, resource)
        if reporter.exempted:
            args.not_applicable("; ".join(reporter.exempted))

    return validate
