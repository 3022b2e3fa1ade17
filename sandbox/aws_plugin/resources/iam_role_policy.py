"""`aws:iam/rolePolicy:RolePolicy`: one inline policy of a role."""

import json
from typing import Any

from sandbox.aws_plugin import documents
from sandbox.aws_plugin.account import Aws
from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.model import AutoName, AwsResource, Property, ResourceType, Values, read_created
from sandbox.aws_plugin.resources import rules
from sandbox.aws_plugin.resources.names import prefix_of, unique_name

_LABEL = "IAM Role Policy"


def _put(aws: Aws, role: str, name: str, document: str) -> None:
    iam = aws.iam()
    aws.call(
        f"putting {_LABEL} ({name}) of IAM Role ({role})",
        lambda: iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document),
    )


def _create(aws: Aws, news: Values) -> AwsResource:
    name = news.get("name") or unique_name(news.get("namePrefix"))
    _put(aws, news["role"], name, news["policy"])
    return read_created(aws, _LABEL, f"{news['role']}:{name}", news, _read)


def _read(aws: Aws, id_: str, _state: Values) -> AwsResource | None:
    role, name = _parts(id_)
    iam = aws.iam()

    def get() -> Any:
        try:
            return iam.get_role_policy(RoleName=role, PolicyName=name)
        except iam.exceptions.NoSuchEntityException:
            return None

    answer = aws.call(f"reading {_LABEL} ({id_})", get)
    if answer is None:
        return None
    document = json.dumps(answer["PolicyDocument"], separators=(",", ":"))
    state = {"name": name, "namePrefix": prefix_of(name), "policy": document, "role": role}
    return AwsResource(id_, state)


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    role, name = _parts(id_)
    _put(aws, role, name, news["policy"])
    current = _read(aws, id_, news)
    return current.state if current else olds


def _delete(aws: Aws, id_: str, _state: Values) -> None:
    role, name = _parts(id_)
    iam = aws.iam()

    def delete() -> None:
        try:
            iam.delete_role_policy(RoleName=role, PolicyName=name)
        except iam.exceptions.NoSuchEntityException:
            return

    aws.call(f"deleting {_LABEL} ({id_})", delete)


def _parts(id_: str) -> tuple[str, str]:
    role, colon, name = id_.partition(":")
    if not (role and colon and name):
        raise PluginError(f"role_policy_id must be of the form <role name>:<role policy name>, got: {id_}")
    return role, name


TYPE = ResourceType(
    token="aws:iam/rolePolicy:RolePolicy",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "name": Property(replaces=True, check=rules.name(128), conflicts=("namePrefix",)),
        "namePrefix": Property(replaces=True, computed=True, check=rules.name(102), conflicts=("name",)),
        "policy": Property("document", required=True, check=rules.policy_document, normalize=documents.version_first),
        "role": Property(required=True, replaces=True, check=rules.role_name),
    },
    outputs=(),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    autoname=AutoName(),
)
