"""PI401 to PI407: associations, the agent, ServiceAccounts and compute."""

from eks_pod_identity.rules.catalogue.samples import agent, association, role, service_account, trust
from eks_pod_identity.rules.rule import Example, Level, Rule

_STACK = "pod-identity-stack"
_ROLE = role(trust())
_GOOD = Example({"role": _ROLE, "association": association(), "agent": agent()})

RULES = (
    Rule(
        code="PI401",
        level=Level.MANDATORY,
        policy=_STACK,
        title="A ServiceAccount has one association",
        cause="The same cluster, namespace and ServiceAccount is associated twice, or standalone beside an add-on's.",
        why='EKS refuses the second with "Association already exists", in the middle of the update.',
        fix="Keep one PodIdentity for the ServiceAccount; for an add-on, use PodIdentityRole and the add-on's own block.",
        raw_fix="Keep one association for the ServiceAccount.",
        compliant=_GOOD,
        violating=Example({"role": _ROLE, "first": association(), "second": association()}),
    ),
    Rule(
        code="PI402",
        level=Level.MANDATORY,
        policy="pod-identity-association",
        title="Names are exact and valid",
        cause="A cluster, namespace or ServiceAccount has a wildcard or is not a valid name.",
        why="EKS takes names as they are, and checks neither: no pod would ever match.",
        fix="Use one of `bindings` per ServiceAccount; names of pods that come and go need a controller.",
        raw_fix="Create one association per ServiceAccount.",
        compliant=_GOOD,
        violating=Example({"role": _ROLE, "association": association(namespace="team-*")}),
    ),
    Rule(
        code="PI403",
        level=Level.ADVISORY,
        policy=_STACK,
        title="No IRSA annotation stays on an associated ServiceAccount",
        cause="A ServiceAccount that has an association carries `eks.amazonaws.com/role-arn`.",
        why="Pods that started before the association keep the role of the annotation, and readers take it for the role.",
        fix="Drop the annotation from `service_account_annotations` once the pods have been restarted.",
        raw_fix="Drop the annotation once the pods have been restarted.",
        compliant=Example({**_GOOD.resources, "account": service_account("api")}),
        violating=Example(
            {
                **_GOOD.resources,
                "account": service_account(
                    "api", annotations={"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/old"}
                ),
            }
        ),
    ),
    Rule(
        code="PI404",
        level=Level.MANDATORY,
        policy=_STACK,
        title="Associated pods do not run on Fargate",
        cause="A Fargate profile of the cluster selects the namespace of an association.",
        why="There is no agent on Fargate: the pods get no credentials.",
        fix="Use IRSA for workloads on Fargate (`irsa_provider_arn` trusts both), or another namespace.",
        raw_fix="Use IRSA for workloads on Fargate, or another namespace.",
        compliant=Example(
            {
                **_GOOD.resources,
                "profile": {
                    "type": "aws:eks/fargateProfile:FargateProfile",
                    "properties": {"clusterName": "dev", "selectors": [{"namespace": "batch-*"}]},
                },
            }
        ),
        violating=Example(
            {
                **_GOOD.resources,
                "profile": {
                    "type": "aws:eks/fargateProfile:FargateProfile",
                    "properties": {"clusterName": "dev", "selectors": [{"namespace": "pay*"}]},
                },
            }
        ),
    ),
    Rule(
        code="PI405",
        level=Level.ADVISORY,
        policy=_STACK,
        title="The cluster has an agent",
        cause="There are associations, and the stack neither has the agent nor says where it is.",
        why="Without the agent on its node a pod gets no credentials.",
        fix="Set `agent` to MANAGED, EXISTING or AUTO_MODE, or create one PodIdentityAgent for the cluster.",
        raw_fix="Create the add-on eks-pod-identity-agent, or turn the rule off where another stack has it.",
        compliant=_GOOD,
        violating=Example({"role": _ROLE, "association": association()}),
    ),
    Rule(
        code="PI406",
        level=Level.MANDATORY,
        policy=_STACK,
        title="A cluster has one agent",
        cause="There are two agents for one cluster, or one on an Auto Mode cluster without node groups.",
        why="EKS refuses the second add-on; Auto Mode nodes have the agent built in.",
        fix="Create one PodIdentityAgent per cluster and use EXISTING elsewhere; on Auto Mode, `agent` AUTO_MODE.",
        raw_fix="Keep one add-on per cluster, and none on Auto Mode.",
        compliant=_GOOD,
        violating=Example({**_GOOD.resources, "second": agent()}),
    ),
    Rule(
        code="PI407",
        level=Level.ADVISORY,
        policy=_STACK,
        title="The ServiceAccount exists",
        cause="The stack creates ServiceAccounts in the namespace of an association, and none of that name.",
        why="EKS takes any name: a misspelled one gives no pod its credentials.",
        fix="Correct `service_account`, or set `create_service_account`.",
        raw_fix="Correct serviceAccount.",
        compliant=Example({**_GOOD.resources, "account": service_account("api")}),
        violating=Example({**_GOOD.resources, "account": service_account("apis")}),
    ),
)
