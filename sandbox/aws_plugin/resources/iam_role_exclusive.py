"""The two types that own a role's policies exclusively: inline policies by name, attached policies by ARN.

`aws:iam/rolePoliciesExclusive:RolePoliciesExclusive` and
`aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive`. Create and update change the role's policies
to the listed ones; delete does nothing in AWS. Neither type waits for IAM's eventual consistency: a policy that IAM
does not list yet counts as missing.
"""

from collections.abc import Callable

from sandbox.aws_plugin.account import Aws, is_concurrent_modification
from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.model import AwsResource, Property, ResourceType, Values

_INLINE = "IAM Role Policies Exclusive"
_ATTACHED = "IAM Role Policy Attachments Exclusive"


def _create_inline(aws: Aws, news: Values) -> AwsResource:
    _sync_inline(aws, f"creating {_INLINE} ({news['roleName']})", news)
    return AwsResource(news["roleName"], news)


def _read_inline(aws: Aws, id_: str, _state: Values) -> AwsResource | None:
    names = _existing(aws, f"reading {_INLINE} ({id_})", lambda: _list_inline(aws, id_))
    return None if names is None else AwsResource(id_, {"policyNames": names, "roleName": id_})


def _update_inline(aws: Aws, id_: str, _olds: Values, news: Values) -> Values:
    _sync_inline(aws, f"updating {_INLINE} ({id_})", news)
    return news


def _sync_inline(aws: Aws, action: str, news: Values) -> None:
    role, listed = news["roleName"], news["policyNames"]
    present = aws.call(action, lambda: _list_inline(aws, role))
    if set(listed) - set(present):
        # The provider does not know the policy's document and calls PutRolePolicy without one, which the AWS SDK
        # rejects before it sends anything (https://github.com/hashicorp/terraform-provider-aws/issues/43951).
        raise PluginError(
            f"{action}: operation error IAM: PutRolePolicy, 1 validation error(s) found. "
            "- missing required field, PutRolePolicyInput.PolicyDocument."
        )
    for name in sorted(set(present) - set(listed)):
        aws.call(action, lambda name=name: aws.iam().delete_role_policy(RoleName=role, PolicyName=name))


def _list_inline(aws: Aws, role: str) -> list[str]:
    pages = aws.iam().get_paginator("list_role_policies").paginate(RoleName=role)
    return [name for page in pages for name in page["PolicyNames"]]


def _create_attached(aws: Aws, news: Values) -> AwsResource:
    _sync_attached(aws, f"creating {_ATTACHED} ({news['roleName']})", news)
    return AwsResource(news["roleName"], news)


def _read_attached(aws: Aws, id_: str, _state: Values) -> AwsResource | None:
    arns = _existing(aws, f"reading {_ATTACHED} ({id_})", lambda: _list_attached(aws, id_))
    return None if arns is None else AwsResource(id_, {"policyArns": arns, "roleName": id_})


def _update_attached(aws: Aws, id_: str, _olds: Values, news: Values) -> Values:
    _sync_attached(aws, f"updating {_ATTACHED} ({id_})", news)
    return news


def _sync_attached(aws: Aws, action: str, news: Values) -> None:
    iam, role, listed = aws.iam(), news["roleName"], news["policyArns"]
    present = aws.call(action, lambda: _list_attached(aws, role))
    for arn in sorted(set(listed) - set(present)):
        aws.call(
            action,
            lambda arn=arn: iam.attach_role_policy(RoleName=role, PolicyArn=arn),
            retry=is_concurrent_modification,
        )

    def detach(arn: str) -> None:
        try:
            iam.detach_role_policy(RoleName=role, PolicyArn=arn)
        except iam.exceptions.NoSuchEntityException:
            return

    for arn in sorted(set(present) - set(listed)):
        aws.call(action, lambda arn=arn: detach(arn), retry=is_concurrent_modification)


def _list_attached(aws: Aws, role: str) -> list[str]:
    pages = aws.iam().get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return [policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]]


def _existing(aws: Aws, action: str, listed: Callable[[], list[str]]) -> list[str] | None:
    """Return what the role has, or None if the role does not exist."""

    def list_or_none() -> list[str] | None:
        try:
            return listed()
        except aws.iam().exceptions.NoSuchEntityException:
            return None

    return aws.call(action, list_or_none)


def _delete(_aws: Aws, _id: str, _state: Values) -> None:
    """Leave the role's policies as they are, as the official provider does."""


INLINE_TYPE = ResourceType(
    token="aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",  # noqa: S106 - a type token
    label=_INLINE,
    inputs={
        "policyNames": Property("set", required=True),
        "roleName": Property(required=True, replaces=True),
    },
    outputs=(),
    create=_create_inline,
    read=_read_inline,
    update=_update_inline,
    delete=_delete,
    plugin_framework=True,
)
ATTACHED_TYPE = ResourceType(
    token="aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",  # noqa: S106 - a type token
    label=_ATTACHED,
    inputs={
        "policyArns": Property("set", required=True),
        "roleName": Property(required=True, replaces=True),
    },
    outputs=(),
    create=_create_attached,
    read=_read_attached,
    update=_update_attached,
    delete=_delete,
    plugin_framework=True,
)
