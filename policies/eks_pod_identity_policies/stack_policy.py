"""The policy that links the resources of a stack."""

from pulumi_policy import ReportViolation, StackValidationArgs

from eks_pod_identity.rules.judge_stack import stack_verdicts
from eks_pod_identity_policies.reporting import Reporter
from eks_pod_identity_policies.resources import resources_of
from eks_pod_identity_policies.settings import settings_of

POLICY = "pod-identity-stack"


def validate_stack(args: StackValidationArgs, report: ReportViolation) -> None:
    """Judge the links of a stack and report each finding on the resource that it is about."""
    settings = settings_of(POLICY, args.get_config())
    reporter = Reporter(settings, report)
    for resource, verdict in stack_verdicts(resources_of(args.resources), cluster_account=settings.cluster_account):
        reporter.add(verdict, resource)
    if reporter.exempted:
        args.not_applicable("; ".join(reporter.exempted))
