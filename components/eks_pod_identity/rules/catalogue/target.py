"""PI301 to PI306: target roles and the way to them."""

from typing import Any

from eks_pod_identity.rules.catalogue.samples import (
    ACCOUNT,
    EXTERNAL_ID,
    SOURCE_ROLE_ARN,
    TARGET_ACCOUNT,
    TARGET_ROLE_ARN,
    association,
    document,
    role,
    role_policy,
    target_role,
    target_trust,
    trust,
)
from eks_pod_identity.rules.rule import Example, Level, Rule

_POLICY = "pod-identity-target-role"
_STACK = "pod-identity-stack"


def _assume(*actions: str) -> dict[str, Any]:
    return role_policy(document({"Effect": "Allow", "Action": list(actions), "Resource": TARGET_ROLE_ARN}))


def _chain(target: dict[str, Any], *actions: str) -> Example:
    return Example(
        {
            "role": role(trust()),
            "assume": _assume(*(actions or ("sts:AssumeRole", "sts:TagSession"))),
            "target": target,
            "association": association(targetRoleArn="${target.arn}"),
        }
    )


_GOOD = _chain(target_role(target_trust()))
_GOOD_TARGET = Example({"target": target_role(target_trust())})

RULES = (
    Rule(
        code="PI301",
        level=Level.MANDATORY,
        policy=_STACK,
        title="The source role may assume its target",
        cause="No policy of the source role allows `sts:AssumeRole` and `sts:TagSession` on the target role, or its "
        "permissions boundary takes them away, or the target's trust policy does not allow both to the source role. A target of the same account that names the source role as principal "
        "needs no such policy.",
        why="A target role that trusts the account leaves the decision to the source role, and both sides are asked: EKS "
        "gets AccessDenied and pods get no credentials.",
        fix="Use `target_role_arn` or `create_target_role`; the component grants both.",
        raw_fix="Allow the source role sts:AssumeRole and sts:TagSession on the ARN of the target role, and both in the "
        "target's trust policy.",
        compliant=_GOOD,
        violating=_chain(target_role(target_trust()), "sts:AssumeRole"),
    ),
    Rule(
        code="PI302",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="The external id conditions sts:AssumeRole alone",
        cause="`sts:ExternalId` conditions a statement that includes `sts:TagSession`.",
        why="The key belongs to sts:AssumeRole; sts:TagSession lacks it and is denied, and with it the whole call.",
        fix="Let `create_target_role` or PodIdentityTargetRole write the trust policy.",
        raw_fix="Allow sts:TagSession in a second statement without sts:ExternalId.",
        compliant=_GOOD_TARGET,
        violating=Example(
            {
                "target": target_role(
                    document(
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                            "Action": ["sts:AssumeRole", "sts:TagSession"],
                            "Condition": {
                                "StringEquals": {"sts:ExternalId": EXTERNAL_ID},
                                "ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN},
                            },
                        }
                    )
                )
            }
        ),
    ),
    Rule(
        code="PI303",
        level=Level.ADVISORY,
        policy=_POLICY,
        title="A target trust names the account, and the source role in a condition",
        cause="The trust policy of a target role names the ARN of the source role, or an `AROA…` id, as principal.",
        why="IAM stores the id of the role behind the ARN: a source role that is created again is locked out, and one "
        "that was just created is refused as an invalid principal.",
        fix="Let `create_target_role` or PodIdentityTargetRole write the trust policy.",
        raw_fix="Name the root of the account as principal, and compare aws:PrincipalArn with the ARN of the role.",
        compliant=_GOOD_TARGET,
        violating=Example({"target": target_role(target_trust(principal=SOURCE_ROLE_ARN))}),
    ),
    Rule(
        code="PI304",
        level=Level.MANDATORY,
        policy=_STACK,
        title="The external id is that of the association",
        cause="No external id that the target's trust policy accepts is that of the association that uses it.",
        why="EKS sends region/account/cluster/namespace/service-account; any other value denies the pods.",
        fix="Give PodIdentityTargetRole the parts (`cluster_name`, `namespace`, `service_account`) instead of "
        "`external_ids`.",
        raw_fix="Set sts:ExternalId to region/account/cluster/namespace/service-account of the association.",
        compliant=_GOOD,
        violating=_chain(target_role(target_trust(external_id=f"eu-west-1/{ACCOUNT}/dev/payments/worker"))),
    ),
    Rule(
        code="PI305",
        level=Level.MANDATORY,
        policy="pod-identity-association",
        title="The role is in the account of the cluster",
        cause="`roleArn` is in another account than the cluster.",
        why='EKS refuses it: "Cross-account pass role is not allowed".',
        fix="Use `role_arn` for a role of the cluster's account, and `target_role_arn` for one of another.",
        raw_fix="Set roleArn to a role of the cluster's account, and targetRoleArn to that of another.",
        compliant=Example({"association": association(roleArn=SOURCE_ROLE_ARN)}, config={"clusterAccount": ACCOUNT}),
        violating=Example(
            {"association": association(roleArn=f"arn:aws:iam::{TARGET_ACCOUNT}:role/payments-api")},
            config={"clusterAccount": ACCOUNT},
        ),
    ),
    Rule(
        code="PI306",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="A target trust does not open to a whole account",
        cause="The trust policy of a target role lets an account assume it without `aws:PrincipalArn` (of less than all "
        "its roles), external id or request tag.",
        why="Every identity of that account with the permission to assume roles can take the role.",
        fix="Let `create_target_role` or PodIdentityTargetRole write the trust policy.",
        raw_fix="Add conditions on sts:ExternalId and aws:PrincipalArn.",
        compliant=_GOOD_TARGET,
        violating=Example(
            {
                "target": target_role(
                    document(
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                            "Action": ["sts:AssumeRole", "sts:TagSession"],
                        }
                    )
                )
            }
        ),
    ),
)
