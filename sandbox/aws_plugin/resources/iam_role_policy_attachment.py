"""`aws:iam/rolePolicyAttachment:RolePolicyAttachment`."""

from sandbox.aws_plugin.account import Aws, is_concurrent_modification
from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.model import AwsResource, Property, ResourceType, Values, read_created
from sandbox.aws_plugin.resources import rules

_LABEL = "IAM Role Policy Attachment"


def _create(aws: Aws, news: Values) -> AwsResource:
    iam, role, arn = aws.iam(), news["role"], news["policyArn"]
    # AttachRolePolicy accepts a policy that is attached already: a second attachment of the same pair is no error.
    aws.call(
        f"attaching IAM Policy ({arn}) to IAM Role ({role})",
        lambda: iam.attach_role_policy(RoleName=role, PolicyArn=arn),
        retry=is_concurrent_modification,
    )
    return read_created(aws, _LABEL, f"{role}/{arn}", news, _read)


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    role, arn = _parts(id_, state)
    iam = aws.iam()

    def is_attached() -> bool:
        try:
            pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
            return any(policy["PolicyArn"] == arn for page in pages for policy in page["AttachedPolicies"])
        except iam.exceptions.NoSuchEntityException:
            return False

    there = aws.call(f"reading {_LABEL} ({role}:{arn})", is_attached)
    return AwsResource(f"{role}/{arn}", {"policyArn": arn, "role": role}) if there else None


def _delete(aws: Aws, id_: str, state: Values) -> None:
    role, arn = _parts(id_, state)
    iam = aws.iam()

    def detach() -> None:
        try:
            iam.detach_role_policy(RoleName=role, PolicyArn=arn)
        except iam.exceptions.NoSuchEntityException:
            return

    aws.call(f"detaching IAM Policy ({arn}) from IAM Role ({role})", detach, retry=is_concurrent_modification)


def _parts(id_: str, state: Values) -> tuple[str, str]:
    if state.get("role") and state.get("policyArn"):
        return state["role"], state["policyArn"]
    role, slash, arn = id_.partition("/")
    if not (role and slash and arn):
        raise PluginError(f'unexpected format for Import ID ("{id_}"), expected <role-name>/<policy_arn>')
    return role, arn


TYPE = ResourceType(
    token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "policyArn": Property(required=True, replaces=True, check=rules.arn),
        "role": Property(required=True, replaces=True),
    },
    outputs=(),
    create=_create,
    read=_read,
    delete=_delete,
    delete_before_replace=True,
)
