"""`aws:iam/policy:Policy`: a managed policy, whose document is its default version."""

import json
from typing import Any

from sandbox.aws_plugin import documents, tags
from sandbox.aws_plugin.account import Aws
from sandbox.aws_plugin.model import AutoName, AwsResource, Property, ResourceType, Values, read_created
from sandbox.aws_plugin.resources import rules
from sandbox.aws_plugin.resources.names import prefix_of, unique_name

_LABEL = "IAM Policy"
_VERSIONS = 5
"""IAM stores at most this many versions of a policy."""


def _create(aws: Aws, news: Values) -> AwsResource:
    iam = aws.iam()
    name = news.get("name") or unique_name(news.get("namePrefix"))
    request: dict[str, Any] = {
        "PolicyName": name,
        "PolicyDocument": news["policy"],
        "Path": news.get("path"),
        "Description": news.get("description"),
        "Tags": tags.to_list(news.get("tagsAll") or {}),
    }
    arn = aws.call(
        f"creating {_LABEL} ({name})",
        lambda: iam.create_policy(**{key: value for key, value in request.items() if value}),
    )["Policy"]["Arn"]
    return read_created(aws, _LABEL, arn, news, _read)


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    iam = aws.iam()

    def get() -> Any:
        try:
            policy = iam.get_policy(PolicyArn=id_)["Policy"]
            version = iam.get_policy_version(PolicyArn=id_, VersionId=policy["DefaultVersionId"])
        except iam.exceptions.NoSuchEntityException:
            return None
        return policy, version["PolicyVersion"]["Document"]

    answer = aws.call(f"reading {_LABEL} ({id_})", get)
    if answer is None:
        return None
    policy, document = answer
    return AwsResource(
        policy["Arn"],
        {
            "arn": policy["Arn"],
            "attachmentCount": policy.get("AttachmentCount", 0),
            "delayAfterPolicyCreationInMs": state.get("delayAfterPolicyCreationInMs"),
            "description": policy.get("Description", ""),
            "name": policy["PolicyName"],
            "namePrefix": prefix_of(policy["PolicyName"]),
            "path": policy["Path"],
            "policy": json.dumps(document, separators=(",", ":")),
            "policyId": policy["PolicyId"],
            **tags.from_aws(policy.get("Tags"), aws.settings, state.get("tags")),
        },
    )


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    iam = aws.iam()
    aws.call(
        f"updating tags for {_LABEL} ({id_})",
        lambda: tags.change(
            olds,
            news,
            put=lambda added: iam.tag_policy(PolicyArn=id_, Tags=tags.to_list(added)),
            remove=lambda keys: iam.untag_policy(PolicyArn=id_, TagKeys=keys),
        ),
    )
    if not documents.equivalent(olds.get("policy"), news["policy"]):
        _prune(aws, id_)
        aws.call(
            f"updating {_LABEL} ({id_})",
            lambda: iam.create_policy_version(PolicyArn=id_, PolicyDocument=news["policy"], SetAsDefault=True),
        )
    current = _read(aws, id_, {**olds, "tags": None, **news})
    return current.state if current else olds


def _delete(aws: Aws, id_: str, _state: Values) -> None:
    iam = aws.iam()

    def delete() -> None:
        try:
            for version in _versions(iam, id_):
                iam.delete_policy_version(PolicyArn=id_, VersionId=version["VersionId"])
            iam.delete_policy(PolicyArn=id_)
        except iam.exceptions.NoSuchEntityException:
            return

    aws.call(f"deleting {_LABEL} ({id_})", delete)


def _prune(aws: Aws, arn: str) -> None:
    """Delete the oldest version if the policy has as many as IAM stores."""
    iam = aws.iam()

    def prune() -> None:
        others = _versions(iam, arn)
        if len(others) + 1 >= _VERSIONS:
            oldest = min(others, key=lambda version: version["CreateDate"])
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])

    aws.call(f"pruning versions of {_LABEL} ({arn})", prune)


def _versions(iam: Any, arn: str) -> list[Values]:
    """Return all versions but the default one."""
    pages = iam.get_paginator("list_policy_versions").paginate(PolicyArn=arn)
    return [version for page in pages for version in page["Versions"] if not version["IsDefaultVersion"]]


TYPE = ResourceType(
    token="aws:iam/policy:Policy",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "delayAfterPolicyCreationInMs": Property("integer"),
        "description": Property(replaces=True),
        "name": Property(replaces=True, check=rules.name(128), conflicts=("namePrefix",)),
        "namePrefix": Property(replaces=True, computed=True, check=rules.name(102), conflicts=("name",)),
        "path": Property(default="/", replaces=True, check=rules.policy_path),
        "policy": Property("document", required=True, check=rules.policy_document, normalize=documents.normalize),
        "tags": Property("map"),
    },
    outputs=("arn", "attachmentCount", "policyId"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    autoname=AutoName(),
    tagged=True,
    not_returned=("delayAfterPolicyCreationInMs",),
)
