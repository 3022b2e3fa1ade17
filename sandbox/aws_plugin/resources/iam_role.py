"""`aws:iam/role:Role`."""

import json
from typing import Any

from sandbox.aws_plugin import documents, tags
from sandbox.aws_plugin.account import Aws, is_concurrent_modification, is_missing_principal
from sandbox.aws_plugin.errors import PluginError, code, is_not_found
from sandbox.aws_plugin.model import (
    AutoName,
    AwsResource,
    Property,
    ResourceType,
    Values,
    read_created,
)
from sandbox.aws_plugin.resources import rules
from sandbox.aws_plugin.resources.names import prefix_of, timestamp, unique_name

_LABEL = "IAM Role"


def _create(aws: Aws, news: Values) -> AwsResource:
    name = news.get("name") or unique_name(news.get("namePrefix"))
    request: dict[str, Any] = {
        "RoleName": name,
        "AssumeRolePolicyDocument": news["assumeRolePolicy"],
        "Path": news.get("path"),
        "Description": news.get("description"),
        "MaxSessionDuration": news.get("maxSessionDuration"),
        "PermissionsBoundary": news.get("permissionsBoundary"),
        "Tags": tags.to_list(news.get("tagsAll") or {}),
    }
    iam = aws.iam()
    aws.call(
        f"creating {_LABEL} ({name})",
        lambda: iam.create_role(**{key: value for key, value in request.items() if value}),
        retry=lambda error: is_missing_principal(error) or is_concurrent_modification(error),
    )
    # A role whose deprecated policy properties fail is not recorded: if inline policies fail, it is deleted; if the
    # managed ones fail, it stays in AWS.
    try:
        _put_policies(aws, name, {}, {key: value for key, value in news.items() if key == "inlinePolicies"})
    except PluginError:
        _delete(aws, name, {"forceDetachPolicies": True})
        raise
    _put_policies(aws, name, {}, {key: value for key, value in news.items() if key == "managedPolicyArns"})
    return read_created(aws, _LABEL, name, news, _read)


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    iam = aws.iam()

    def get() -> Any:
        try:
            return iam.get_role(RoleName=id_)["Role"]
        except iam.exceptions.NoSuchEntityException:
            return None

    role = aws.call(f"reading {_LABEL} ({id_})", get)
    if role is None:
        return None
    return AwsResource(
        role["RoleName"],
        {
            **_policies(aws, id_),
            "arn": role["Arn"],
            "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"], separators=(",", ":")),
            "createDate": timestamp(role["CreateDate"]),
            "description": role.get("Description", ""),
            "forceDetachPolicies": bool(state.get("forceDetachPolicies", False)),
            "maxSessionDuration": role["MaxSessionDuration"],
            "name": role["RoleName"],
            "namePrefix": prefix_of(role["RoleName"]),
            "path": role["Path"],
            "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
            "uniqueId": role["RoleId"],
            **tags.from_aws(role.get("Tags"), aws.settings, state.get("tags")),
        },
    )


def _policies(aws: Aws, name: str) -> Values:
    """Read the inline and attached policies, which the provider stores in the role's state."""
    iam = aws.iam()

    def read() -> Values:
        inline = [
            {
                "name": policy,
                "policy": json.dumps(
                    iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"], separators=(",", ":")
                ),
            }
            for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
            for policy in page["PolicyNames"]
        ]
        attached = [
            policy["PolicyArn"]
            for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
            for policy in page["AttachedPolicies"]
        ]
        return {"inlinePolicies": inline, "managedPolicyArns": attached}

    return aws.call(f"reading policies of {_LABEL} ({name})", read)


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    iam = aws.iam()

    def has_changed(key: str) -> bool:
        return (olds.get(key) or "") != (news.get(key) or "")

    _change_tags(aws, id_, olds, news)
    if not documents.equivalent(olds.get("assumeRolePolicy"), news["assumeRolePolicy"]):
        aws.call(
            f"updating {_LABEL} ({id_}) assume role policy",
            lambda: iam.update_assume_role_policy(RoleName=id_, PolicyDocument=news["assumeRolePolicy"]),
            retry=is_missing_principal,
        )
    if has_changed("description"):
        aws.call(
            f"updating {_LABEL} ({id_}) description",
            lambda: iam.update_role_description(RoleName=id_, Description=news.get("description") or ""),
        )
    if has_changed("maxSessionDuration"):
        aws.call(
            f"updating {_LABEL} ({id_}) MaxSessionDuration",
            lambda: iam.update_role(RoleName=id_, MaxSessionDuration=news["maxSessionDuration"]),
        )
    if has_changed("permissionsBoundary"):
        boundary = news.get("permissionsBoundary")
        aws.call(
            f"updating {_LABEL} ({id_}) permissions boundary",
            lambda: (
                iam.put_role_permissions_boundary(RoleName=id_, PermissionsBoundary=boundary)
                if boundary
                else iam.delete_role_permissions_boundary(RoleName=id_)
            ),
        )
    _put_policies(aws, id_, olds, news)
    current = _read(aws, id_, {**olds, "tags": None, **news})
    return current.state if current else olds


def _change_tags(aws: Aws, name: str, olds: Values, news: Values) -> None:
    iam = aws.iam()
    aws.call(
        f"updating tags for {_LABEL} ({name})",
        lambda: tags.change(
            olds,
            news,
            put=lambda added: iam.tag_role(RoleName=name, Tags=tags.to_list(added)),
            remove=lambda keys: iam.untag_role(RoleName=name, TagKeys=keys),
        ),
    )


def _put_policies(aws: Aws, name: str, olds: Values, news: Values) -> None:
    """Change the inline and managed policies to those of the program, if it gives any."""
    iam = aws.iam()
    if "inlinePolicies" in news:
        before = {
            policy["name"]: policy["policy"] for policy in olds.get("inlinePolicies") or [] if policy.get("name")
        }
        after = {policy["name"]: policy["policy"] for policy in news["inlinePolicies"] if policy.get("name")}
        for policy in before.keys() - after.keys():
            aws.call(
                f"deleting inline policy ({policy}) of {_LABEL} ({name})",
                lambda policy=policy: iam.delete_role_policy(RoleName=name, PolicyName=policy),
            )
        for policy, document in after.items():
            if not documents.equivalent(before.get(policy), document):
                aws.call(
                    f"putting inline policy ({policy}) of {_LABEL} ({name})",
                    lambda policy=policy, document=document: iam.put_role_policy(
                        RoleName=name, PolicyName=policy, PolicyDocument=document
                    ),
                )
    if "managedPolicyArns" in news:
        before_arns, after_arns = set(olds.get("managedPolicyArns") or []), set(news["managedPolicyArns"])
        for arn in before_arns - after_arns:
            aws.call(
                f"detaching IAM Policy ({arn}) from {_LABEL} ({name})",
                lambda arn=arn: iam.detach_role_policy(RoleName=name, PolicyArn=arn),
            )
        for arn in after_arns - before_arns:
            aws.call(
                f"attaching IAM Policy ({arn}) to {_LABEL} ({name})",
                lambda arn=arn: iam.attach_role_policy(RoleName=name, PolicyArn=arn),
            )


def _equal_policies(old: Any, new: Any) -> bool:
    """Return whether two lists of inline policies have the same names and equivalent documents."""
    before, after = ({policy.get("name"): policy.get("policy") for policy in listed or []} for listed in (old, new))
    return before.keys() == after.keys() and all(documents.equivalent(before[name], after[name]) for name in after)


def _delete(aws: Aws, id_: str, state: Values) -> None:
    iam = aws.iam()
    # Policies that others attached stay, and IAM then rejects the delete, unless the program sets forceDetachPolicies
    # or the state lists such policies: those the program gave to the role, or those a refresh found.
    force = bool(state.get("forceDetachPolicies"))
    keys = [key for key in ("inlinePolicies", "managedPolicyArns") if force or state.get(key)]

    def delete() -> None:
        try:
            _leave_instance_profiles(iam, id_)
            current = _policies(aws, id_) if keys else {}
            _put_policies(aws, id_, current, {key: [] for key in keys})
            iam.delete_role(RoleName=id_)
        except iam.exceptions.NoSuchEntityException:
            return
        except PluginError as error:
            if not (isinstance(error.__cause__, Exception) and is_not_found(error.__cause__)):
                raise

    aws.call(f"deleting {_LABEL} ({id_})", delete, retry=lambda error: code(error) == "DeleteConflict")


def _leave_instance_profiles(iam: Any, name: str) -> None:
    for page in iam.get_paginator("list_instance_profiles_for_role").paginate(RoleName=name):
        for profile in page["InstanceProfiles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=name)


TYPE = ResourceType(
    token="aws:iam/role:Role",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "assumeRolePolicy": Property(
            "document", required=True, check=rules.policy_document, normalize=documents.normalize
        ),
        "description": Property(check=rules.description),
        "forceDetachPolicies": Property("boolean", planned_default=False),
        "inlinePolicies": Property("set", computed=True, equal=_equal_policies),
        "managedPolicyArns": Property("set", computed=True),
        "maxSessionDuration": Property("integer", default=3600, check=rules.between(3600, 43200)),
        "name": Property(replaces=True, check=rules.name(64), conflicts=("namePrefix",)),
        "namePrefix": Property(replaces=True, computed=True, check=rules.name(38), conflicts=("name",)),
        "path": Property(default="/", replaces=True, check=rules.length(0, 512)),
        "permissionsBoundary": Property(check=rules.arn),
        "tags": Property("map"),
    },
    outputs=("arn", "createDate", "uniqueId"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    autoname=AutoName(limit=64),
    tagged=True,
    not_returned=("forceDetachPolicies",),
)
