"""A stack with at least one violation of every rule but PI409, written with `pulumi_aws` alone.

The stand-in has no node groups. Never deployed, only previewed.
"""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

ACCOUNT = aws.get_caller_identity().account_id
TARGET_ACCOUNT = "444455556666"
SERVICE = {"Service": "pods.eks.amazonaws.com"}
BOTH = ["sts:AssumeRole", "sts:TagSession"]
TAGS = {"Owner": "payments", "Environment": "dev"}
READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


def trust(*statements, **changes):
    statement = {
        "Effect": "Allow",
        "Principal": SERVICE,
        "Action": BOTH,
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:RequestTag/kubernetes-namespace": "shop"}},
    } | changes
    return json.dumps({"Version": "2012-10-17", "Statement": [statement, *statements]})


def role(name: str, document: str, **arguments: Any):
    settings: dict[str, Any] = {"tags": TAGS} | arguments
    return aws.iam.Role(name, name=name, assume_role_policy=document, **settings)


def association(name: str, role_arn: Any, **arguments: Any):
    settings: dict[str, Any] = {
        "cluster_name": "shop",
        "namespace": "shop",
        "service_account": name,
        "tags": TAGS,
    } | arguments
    return aws.eks.PodIdentityAssociation(name, role_arn=role_arn, **settings)


READ_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
LONG_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": [f"arn:aws:s3:::b{i}/*" for i in range(120)]}
        ],
    }
)
DENY_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}]}
)
WIDE_POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
ROOT = f"arn:aws:iam::{ACCOUNT}:root"

# Trust policies.
role("lacks-tag-session", trust(Action="sts:AssumeRole"))  # PI101
role("misspelt", trust(Principal={"Service": "pods.eks.amazonaws.com.cn"}))  # PI102
role("everyone", trust({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}))  # PI103
role("unscoped", trust(Condition={}))  # PI104
role("impossible", trust(Condition={"StringEquals": {"sts:ExternalId": "x", "aws:SourceAccount": ACCOUNT}}))  # PI105
role("malformed", trust(Resource="*"))  # PI106

# Session policies.
plain = role(
    "plain",
    trust(Condition={"ArnEquals": {"aws:SourceArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/shop"}}),
    managed_policy_arns=[READ],  # PI602, with the attachments below
)
tagged = role("tagged", trust())
association("tags-on", plain.arn, policy=READ_POLICY)  # PI201
association("too-long", plain.arn, policy=LONG_POLICY, disable_session_tags=True)  # PI202
association("not-json", plain.arn, policy="{", disable_session_tags=True)  # PI203
association("all-of-it", plain.arn, policy=WIDE_POLICY, disable_session_tags=True)  # PI204
association("needs-tags", tagged.arn, policy=READ_POLICY, disable_session_tags=True)  # PI206
association("bare", tagged.arn)  # PI205, PI208
association("nothing", plain.arn, policy=DENY_POLICY, disable_session_tags=True)  # PI209
association("elsewhere", tagged.arn, namespace="warehouse")  # PI107

# Permission policies.
for name, action, resource in (
    ("invalid", "s3:GetObjekt", "*"),  # PI603
    ("no-object", "s3:GetObject", "arn:aws:s3:::invoices"),  # PI605
    ("assumes", "sts:AssumeRole", f"arn:aws:iam::{TARGET_ACCOUNT}:role/reports"),  # PI307
    ("by-namespace", "s3:GetObject", "arn:aws:s3:::invoices/${aws:PrincipalTag/kubernetes-namespace}/*"),  # PI604
):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    document = {"Statement": [statement]} | ({} if name == "by-namespace" else {"Version": "2012-10-17"})
    aws.iam.RolePolicy(name, role=tagged.name, policy=json.dumps(document))


# Target roles.
def target_trust(principal: str, *, tags: bool = True):
    """Return the trust of a target role for another ServiceAccount than the one that uses it."""
    conditions = {"StringEquals": {"sts:ExternalId": f"eu-west-1/{ACCOUNT}/shop/shop/other"}}
    assume = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": BOTH, "Condition": conditions}
    tag = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": BOTH[1]}
    return json.dumps({"Version": "2012-10-17", "Statement": [assume, tag] if tags else [assume]})


target = role("target", target_trust(ROOT))
role("role-as-principal", target_trust(f"arn:aws:iam::{ACCOUNT}:role/retired"))  # PI303
role("cannot-be-tagged", target_trust(ROOT, tags=False))  # PI302
role(
    "open-target",
    json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": BOTH}]}
    ),
)  # PI306
association(
    "chained", tagged.arn, target_role_arn=target.arn, policy=READ_POLICY, disable_session_tags=True
)  # PI207, PI301, PI304
association("own-target", plain.arn, target_role_arn=plain.arn)  # PI308
association("abroad", f"arn:aws:iam::{TARGET_ACCOUNT}:role/elsewhere")  # PI305

# Associations and related resources.
association("twice", tagged.arn, service_account="bare")  # PI401
association("wildcard", tagged.arn, namespace="team-*")  # PI402
kubernetes.core.v1.ServiceAccount(
    "bare",
    metadata={
        "namespace": "shop",
        "name": "bare",
        "annotations": {"eks.amazonaws.com/role-arn": f"arn:aws:iam::{ACCOUNT}:role/old"},  # PI403
    },
)  # PI407 for the other ServiceAccounts of the namespace
aws.eks.FargateProfile(
    "profile",
    cluster_name="shop",
    pod_execution_role_arn=f"arn:aws:iam::{ACCOUNT}:role/fargate",
    selectors=[{"namespace": "sh?p"}],
    tags=TAGS,
)  # PI404
association("no-agent", tagged.arn, cluster_name="warehouse")  # PI405
for name in ("agent", "second-agent"):
    aws.eks.Addon(name, cluster_name="shop", addon_name="eks-pod-identity-agent", tags=TAGS)  # PI406

aws.eks.Addon(
    "driver",
    cluster_name="shop",
    addon_name="aws-ebs-csi-driver",
    pod_identity_associations=[{"service_account": "ebs-csi-controller-sa", "role_arn": plain.arn}],
    service_account_role_arn=f"arn:aws:iam::{ACCOUNT}:role/old",
    tags=TAGS,
)  # PI408

# Tags.
role("parentheses", trust(), tags=TAGS | {"Team": "Payments (EU)"})  # PI504
role("untagged", trust(), tags=None)  # PI501
role("odd-value", trust(), tags=TAGS | {"Environment": "test"})  # PI502
role("odd-key", trust(), tags=TAGS | {"kubernetes-namespace": "shop"})  # PI503

# Attachments.
for name in ("attached", "attached-again"):
    aws.iam.RolePolicyAttachment(name, role=plain.name, policy_arn=READ)  # PI601

pulumi.export("role", plain.arn)
