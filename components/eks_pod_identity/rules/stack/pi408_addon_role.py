"""PI408: an add-on has both associations and a role for IRSA."""

from collections.abc import Iterator

from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.associations import addon_associations
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import ADDON
from eks_pod_identity.rules.rule import Example, Level, Rule

_ROLE = samples.role(samples.trust_for("kube-system", samples.EBS_ACCOUNT))

RULE = Rule(
    code="PI408",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="An add-on gets its role in one way",
    cause="An add-on has `podIdentityAssociations` and `serviceAccountRoleArn`.",
    why="Where the agent runs, EKS ignores `serviceAccountRoleArn`, and readers mistake it for the role in use.",
    fix="Remove the IRSA role from the add-on once its pods have been restarted.",
    raw_fix="Remove serviceAccountRoleArn once the add-on's pods have been restarted.",
    compliant=Example({"role": _ROLE, "addon": samples.ebs_addon(), "agent": samples.agent()}),
    violating=Example(
        {"role": _ROLE, "addon": samples.ebs_addon(serviceAccountRoleArn="${role.arn}"), "agent": samples.agent()}
    ),
)


def addon_role_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge each add-on that may have associations."""
    for addon in stack.of(ADDON):
        if addon.get("serviceAccountRoleArn") in (None, ""):
            continue
        if addon.is_open("podIdentityAssociations"):
            yield unjudged(RULE, addon, "podIdentityAssociations is not known yet.")
        elif any(True for _ in addon_associations(addon)):
            yield finding(
                RULE, addon, "has serviceAccountRoleArn and podIdentityAssociations.", "serviceAccountRoleArn"
            )
