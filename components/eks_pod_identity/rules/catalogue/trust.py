"""PI101 to PI106: the trust policy of a role that pods use."""

from eks_pod_identity.rules.catalogue.samples import ACCOUNT, role, trust
from eks_pod_identity.rules.rule import Example, Level, Rule

_POLICY = "pod-identity-trust"
_GOOD = Example({"role": role(trust())})

RULES = (
    Rule(
        code="PI101",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="Pods may both assume the role and tag the session",
        cause="The Pod Identity statement lacks `sts:AssumeRole` or `sts:TagSession`, or another statement denies them.",
        why='EKS refuses such a role with "Trust policy of the role provided is invalid", with session tags on or off.',
        fix="Let the component write the trust policy; in `extra_trust_statements`, give both actions.",
        raw_fix='Set Action to ["sts:AssumeRole", "sts:TagSession"].',
        compliant=_GOOD,
        violating=Example({"role": role(trust(Action="sts:AssumeRole"))}),
    ),
    Rule(
        code="PI102",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="The service principal is spelled as AWS spells it",
        cause="The service principal is a misspelling of `pods.eks.amazonaws.com`, such as `pod.eks.amazonaws.com` or "
        "`pods.eks.amazonaws.com.cn`.",
        why="IAM takes the policy or refuses it with a general error, and EKS is never the one that is trusted.",
        fix="Let the component write the trust policy; it uses the same principal in every partition.",
        raw_fix='Set Principal to {"Service": "pods.eks.amazonaws.com"}.',
        compliant=_GOOD,
        violating=Example({"role": role(trust(Principal={"Service": "pod.eks.amazonaws.com"}))}),
    ),
    Rule(
        code="PI103",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="The trust policy does not open to everyone",
        cause='`Principal` is `"*"` or `{"AWS": "*"}`, or there is a `NotPrincipal`, in a trust policy that pods use.',
        why="Any identity of any AWS account that meets the conditions can take the permissions of the pods.",
        fix="Drop the statement from `extra_trust_statements`, or name the principal that is meant.",
        raw_fix="Name the principal that is meant.",
        compliant=_GOOD,
        violating=Example({"role": role(trust(Principal="*"))}),
    ),
    Rule(
        code="PI104",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="The Pod Identity statement is scoped",
        cause="The statement has no condition that narrows it: none of `aws:SourceAccount`, `aws:SourceArn`, "
        "`aws:SourceOrgID` (or `aws:SourceOrgPaths`) and the six request tags, or only with a value that covers everything.",
        why="Whoever may create associations on any cluster of the account, and pass the role, gets its permissions.",
        fix="Use `trust_scope` SERVICE_ACCOUNT (the default), NAMESPACE or CLUSTER.",
        raw_fix="Add a condition: aws:SourceAccount with aws:RequestTag/eks-cluster-arn, or aws:SourceArn with the "
        "ARN of the cluster.",
        compliant=_GOOD,
        violating=Example({"role": role(trust(Condition=None))}),
    ),
    Rule(
        code="PI105",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="EKS can meet the conditions",
        cause="A condition can never hold in the call that EKS makes: the ARN of an association in `aws:SourceArn`, "
        "`sts:ExternalId`, `aws:PrincipalTag/…` and what else describes an identity (`aws:PrincipalArn`, "
        "`aws:PrincipalOrgID`), a request tag outside the six, a wildcard under `StringEquals`, or an operator that IAM "
        "lacks.",
        why="The association is created without complaint, and every pod is denied its credentials.",
        fix="Use `trust_scope`; it writes only conditions that EKS can meet.",
        raw_fix="Compare aws:SourceArn with the ARN of the cluster, and use only the tags eks-cluster-arn, "
        "eks-cluster-name, kubernetes-namespace, kubernetes-service-account, kubernetes-pod-name and "
        "kubernetes-pod-uid.",
        compliant=_GOOD,
        violating=Example(
            {
                "role": role(
                    trust(
                        Condition={
                            "StringEquals": {"aws:SourceAccount": ACCOUNT},
                            "ArnLike": {
                                "aws:SourceArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/dev/*"
                            },
                        }
                    )
                )
            }
        ),
    ),
    Rule(
        code="PI106",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="The trust policy is a valid document",
        cause="The document is not JSON, or has a `Resource`, an unknown action or element, an element twice, a wildcard "
        "inside a principal, or an empty statement.",
        why="IAM refuses it when the role is created or changed, in the middle of the update.",
        fix="Correct the entry of `extra_trust_statements`.",
        raw_fix="Correct the trust policy.",
        compliant=_GOOD,
        violating=Example({"role": role(trust(Resource="*"))}),
    ),
)
