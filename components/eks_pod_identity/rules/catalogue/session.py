"""PI201 to PI208: session policies and what turning session tags off does."""

from eks_pod_identity.rules.catalogue.samples import (
    READ_INVOICES,
    SCOPED_BY_CLUSTER,
    TARGET_ROLE_ARN,
    association,
    document,
    role,
    trust,
)
from eks_pod_identity.rules.rule import Example, Level, Rule

_POLICY = "pod-identity-session-policy"
_STACK = "pod-identity-stack"
_ROLE_BY_CLUSTER = role(trust(Condition=SCOPED_BY_CLUSTER))
_WITH_POLICY = association(policy=READ_INVOICES, disableSessionTags=True)
_GOOD = Example({"role": _ROLE_BY_CLUSTER, "association": _WITH_POLICY})


def _with_policy(policy: object) -> Example:
    return Example({"role": _ROLE_BY_CLUSTER, "association": association(policy=policy, disableSessionTags=True)})


RULES = (
    Rule(
        code="PI201",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="A session policy comes with session tags off",
        cause="An association has `policy` and not `disableSessionTags: true`.",
        why="EKS refuses the association: a session policy and session tags do not go together.",
        fix="Leave `disable_session_tags` unset or set it to true.",
        raw_fix="Set disableSessionTags to true.",
        compliant=_GOOD,
        violating=Example({"role": _ROLE_BY_CLUSTER, "association": association(policy=READ_INVOICES)}),
    ),
    Rule(
        code="PI202",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="A session policy has at most 2,048 characters",
        cause="The session policy has more than 2,048 characters when written compactly.",
        why="EKS refuses the association.",
        fix="Shorten `session_policy`: wildcards for families of resources, fewer statements, no Sid.",
        raw_fix="Shorten policy: wildcards for families of resources, fewer statements, no Sid.",
        compliant=_GOOD,
        violating=_with_policy(
            document(
                {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": [f"arn:aws:s3:::invoices-of-the-year-{year}/*" for year in range(1980, 2040)],
                }
            )
        ),
    ),
    Rule(
        code="PI203",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="A session policy is an identity policy",
        cause="The session policy has a `Principal`, an operator, action or service that AWS lacks, a `Resource` that is no "
        "ARN, or is not JSON.",
        why="EKS tries the document with STS and refuses the association, or the statement silently allows nothing.",
        fix="Correct `session_policy`.",
        raw_fix="Correct policy.",
        compliant=_GOOD,
        violating=_with_policy(
            document({"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::invoices/*"})
        ),
    ),
    Rule(
        code="PI204",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="A session policy narrows something",
        cause="The session policy allows `*` on `*` and denies nothing.",
        why="It costs the session tags and the six keys that policies could use, and gives nothing for them.",
        fix="Write in `session_policy` what this workload needs, or leave it out.",
        raw_fix="Write in policy what this workload needs, or leave it out.",
        compliant=_GOOD,
        violating=_with_policy(document({"Effect": "Allow", "Action": "*", "Resource": "*"})),
    ),
    Rule(
        code="PI205",
        level=Level.ADVISORY,
        policy=_STACK,
        title="Associations that share a role narrow it each",
        cause="Several associations share a role, and not each of them has a session policy.",
        why="Each of the workloads has the permissions of all of them.",
        fix="Give each of `bindings` its `session_policy`, or each workload its own role.",
        raw_fix="Give each association its policy, or each workload its own role.",
        compliant=Example(
            {
                "role": _ROLE_BY_CLUSTER,
                "api": _WITH_POLICY,
                "worker": association(serviceAccount="worker", policy=READ_INVOICES, disableSessionTags=True),
            }
        ),
        violating=Example(
            {
                "role": _ROLE_BY_CLUSTER,
                "api": association(),
                "worker": association(serviceAccount="worker"),
            }
        ),
    ),
    Rule(
        code="PI206",
        level=Level.MANDATORY,
        policy=_STACK,
        title="Nothing needs session tags that are off",
        cause="Session tags are off while a trust policy requires `aws:RequestTag/…`, or a policy of the role uses "
        "`aws:PrincipalTag/kubernetes-…` or `aws:PrincipalTag/eks-cluster-…`.",
        why="The tags are absent, so the condition never holds: pods get no credentials, or no permission.",
        fix="Leave `disable_session_tags` unset, or let the component write the trust policy and drop the tags from "
        "`policies`.",
        raw_fix="Scope the trust policy by aws:SourceArn (a target role by sts:ExternalId), and name resources instead of "
        "using aws:PrincipalTag.",
        compliant=Example({"role": _ROLE_BY_CLUSTER, "association": association(disableSessionTags=True)}),
        violating=Example({"role": role(trust()), "association": association(disableSessionTags=True)}),
    ),
    Rule(
        code="PI207",
        level=Level.ADVISORY,
        policy=_POLICY,
        title="A session policy beside a target role narrows the target only",
        cause="An association has both a session policy and a target role.",
        why="The session policy applies when the target role is assumed; the source role keeps what it has.",
        fix="Keep the source role's `policies` to what assuming `target_role_arn` needs.",
        raw_fix="Keep the policies of the source role to sts:AssumeRole and sts:TagSession on the target role.",
        compliant=_GOOD,
        violating=Example(
            {
                "role": _ROLE_BY_CLUSTER,
                "association": association(
                    policy=READ_INVOICES, disableSessionTags=True, targetRoleArn=TARGET_ROLE_ARN
                ),
            }
        ),
    ),
    Rule(
        code="PI208",
        level=Level.OFF,
        policy=_POLICY,
        title="Every association has a session policy",
        cause="The environment requires a session policy on every association (`levels`), and one has none.",
        why="The workload has everything that its role has.",
        fix="Set `session_policy`.",
        raw_fix="Set policy and disableSessionTags.",
        compliant=Example(
            {"role": _ROLE_BY_CLUSTER, "association": _WITH_POLICY}, config={"levels": {"PI208": "mandatory"}}
        ),
        violating=Example(
            {"role": role(trust()), "association": association()}, config={"levels": {"PI208": "mandatory"}}
        ),
    ),
)
