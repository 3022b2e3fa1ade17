"""The requests that EKS makes for an association, and those of its pods: caller, action, resource and keys.

Every key is known, absent, or open. Sources: EKS User Guide ("Grant pods access based on tags", "Access AWS resources
using target roles"), IAM User Guide ("AWS global condition context keys"), Service Authorization Reference (which keys
a service adds to an action).
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from eks_pod_identity.iam.actions import lists_key
from eks_pod_identity.iam.association import (
    ACCOUNT,
    ADDRESS,
    ORGANIZATION,
    PARTITION,
    SESSION_NAME,
    Association,
    Caller,
    Session,
    value_or_variable,
)
from eks_pod_identity.iam.eks import ASSUME_ROLE, EXTERNAL_ID, PRINCIPAL_TAG, REQUEST_TAG, TAG_SESSION
from eks_pod_identity.iam.possible import ABSENT, Open, Text, Value, Variable, text_of, unknown_value
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown
from eks_pod_identity.values.arns import SERVICE_PRINCIPAL
from eks_pod_identity.values.tags import SESSION_TAGS

_RESOURCE_TAGS = ("aws:resourcetag/", "iam:resourcetag/")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as IAM sees it.

    Attributes:
        action: The action, `service:Name`.
        resource: The ARN of the resource.
        caller: The caller.
        keys: The keys of the request in lower case.
        open_prefixes: Prefixes of keys that are unknown unless they are among *keys*.
        has_service_keys: Whether the service adds unknown keys to the action.
    """

    action: str
    resource: Text
    caller: Caller
    keys: Mapping[str, Value] = field(default_factory=dict[str, Value])
    open_prefixes: tuple[str, ...] = ()
    has_service_keys: bool = False

    def value_of(self, key: str) -> Value:
        """Return the value of *key*, in any case."""
        name = key.lower()
        value = self.keys.get(name)
        if value is not None:
            return value
        if name.startswith(self.open_prefixes):
            return unknown_value(name)
        if self.has_service_keys and lists_key(self.action, name):
            return unknown_value(name)
        return ABSENT

    def with_keys(self, keys: Mapping[str, Value]) -> "Request":
        """Return the request with added or replaced keys."""
        return replace(self, keys={**self.keys, **{key.lower(): value for key, value in keys.items()}})

    def fill_in(self, values: Mapping[str, str]) -> "Request":
        """Return the request with the variables in *values* replaced everywhere."""
        keys = {key: value.fill_in(values) if isinstance(value, Open) else value for key, value in self.keys.items()}
        caller = Caller(
            self.caller.service,
            _fill_in(self.caller.role_arn, values),
            _fill_in(self.caller.session_arn, values),
            _fill_in(self.caller.account, values),
        )
        return replace(self, keys=keys, caller=caller, resource=_fill_in(self.resource, values))


def source_requests(
    association: Association, role_arn: str | Unknown = UNKNOWN, role_tags: Mapping[str, str] | Unknown = UNKNOWN
) -> tuple[Request, ...]:
    """Return EKS's requests to assume the association's role: AssumeRole, and TagSession if it sends tags."""
    account = text_of(value_or_variable(association.account, ACCOUNT))
    keys: dict[str, Value] = {
        **_constant_keys(),
        **_no_network(),
        "aws:sourceaccount": account,
        "aws:sourcearn": association.cluster_arn,
        # Published trust policies use this variable, which is missing in AWS's list of keys.
        "aws:partition": text_of(value_or_variable(association.partition, PARTITION)),
        "aws:sourceorgid": Open((ORGANIZATION,), may_be_absent=True),
        "aws:principalisawsservice": "true",
        "aws:principalservicename": SERVICE_PRINCIPAL,
        **_open("aws:PrincipalServiceNamesList", may_be_absent=False, many=True),
        "aws:resourceaccount": account,
        "aws:resourceorgid": Open((ORGANIZATION,), may_be_absent=True),
        **_open("aws:SourceOrgPaths", "aws:ResourceOrgPaths", many=True),
        "sts:rolesessionname": text_of("eks-", SESSION_NAME),
        **_sent_tags(association),
    }
    request = Request(
        ASSUME_ROLE,
        _role_text(role_arn),
        Caller(service=SERVICE_PRINCIPAL),
        *_with_resource_tags(keys, role_tags),
    )
    return _hop(request, association)


@functools.lru_cache(maxsize=2)
def any_source_request(*, session_tags: bool) -> Request:
    """Return the AssumeRole of an association of which nothing is known.

    Rules ask about it several times for each trust policy; building it took a third of their time.
    """
    return source_requests(Association(session_tags=session_tags))[0]


def target_requests(
    association: Association,
    source: Session,
    target_arn: str | Unknown = UNKNOWN,
    target_tags: Mapping[str, str] | Unknown = UNKNOWN,
) -> tuple[Request, ...]:
    """Return EKS's requests, as a session of the source role, to assume the target role."""
    principal, prefixes = _principal(source)
    keys: dict[str, Value] = {
        **_constant_keys(),
        **_no_network(),
        **principal,
        **_open("aws:ResourceOrgID"),
        **_open("aws:ResourceOrgPaths", many=True),
        **_resource_account(target_arn),
        "sts:rolesessionname": text_of("eks-", SESSION_NAME),
        EXTERNAL_ID: association.external_id,
        **_sent_tags(association),
    }
    keys, resource_prefixes = _with_resource_tags(keys, target_tags)
    request = Request(ASSUME_ROLE, _role_text(target_arn), source.caller, keys, (*prefixes, *resource_prefixes))
    return _hop(request, association)


def pod_request(action: str, resource: Text, session: Session, keys: Mapping[str, Value] | None = None) -> Request:
    """Return the request that a pod makes with the credentials of *session*."""
    principal, prefixes = _principal(session)
    context: dict[str, Value] = {
        **_constant_keys(),
        **principal,
        **_any_network(),
        **_open("aws:ResourceOrgID", "aws:Referer"),
        **_open("aws:ResourceOrgPaths", many=True),
        **_open("aws:ResourceAccount", may_be_absent=False),
    }
    request = Request(action, resource, session.caller, context, prefixes, has_service_keys=True)
    return request.with_keys(keys or {})


def session_of(
    association: Association, role_arn: str | Unknown, role_tags: Mapping[str, str] | Unknown = UNKNOWN
) -> Session:
    """Return the session that EKS gets for *association*. Its tags are passed on to a target role."""
    return Session(role_arn, association.tags(), role_tags)


def stranger_request(account: str | Unknown, partition: str | Unknown = UNKNOWN, action: str = ASSUME_ROLE) -> Request:
    """Return a request of another role of *account*, without external id, tags or anything else that EKS sends.

    Unknown parts (addresses, organization) are open: `iam.search.find` then finds whether any such role is admitted.
    """
    partition_part, account_part = value_or_variable(partition, PARTITION), value_or_variable(account, ACCOUNT)
    role = text_of("arn:", partition_part, ":iam::", account_part, ":role/", "another-role")
    session = text_of("arn:", partition_part, ":sts::", account_part, ":assumed-role/another-role/session")
    account_text = text_of(account_part)
    keys: dict[str, Value] = {
        **_constant_keys(),
        **_any_network(),
        "aws:principalarn": role,
        "aws:principalaccount": account_text,
        "aws:principaltype": "AssumedRole",
        "aws:principalisawsservice": "false",
        **_open("aws:PrincipalOrgID"),
        **_open("aws:PrincipalOrgPaths", many=True),
        **_open("aws:userid", "sts:RoleSessionName", may_be_absent=False),
    }
    caller = Caller(role_arn=role, session_arn=session, account=account_text)
    return Request(action, _role_text(UNKNOWN), caller, keys, _RESOURCE_TAGS)


def _open(*names: str, may_be_absent: bool = True, many: bool = False) -> dict[str, Value]:
    """Return keys about which nothing is known."""
    return {name.lower(): unknown_value(name, may_be_absent=may_be_absent, many=many) for name in names}


def _constant_keys() -> dict[str, Value]:
    return {
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
        **_open("aws:CurrentTime", "aws:EpochTime", "aws:RequestedRegion", "aws:UserAgent", may_be_absent=False),
    }


def _no_network() -> dict[str, Value]:
    """EKS calls STS from its own network, not through a VPC or an endpoint of the account."""
    return {"aws:sourceip": Open((ADDRESS,), may_be_absent=True)}


def _any_network() -> dict[str, Value]:
    return {
        **_no_network(),
        **_open("aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpcSourceIp"),
        **_open("aws:VpceAccount", "aws:VpceOrgID"),
        **_open("aws:VpceOrgPaths", many=True),
    }


def _principal(session: Session) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Return the keys of a role session, and the prefixes of unknown ones."""
    caller = session.caller
    organization: Value = (
        session.organization
        if isinstance(session.organization, str)
        else Open((replace(ORGANIZATION, name="organization of the caller"),), True)
    )
    keys: dict[str, Value] = {
        "aws:principalarn": caller.role_arn,
        "aws:principalaccount": caller.account,
        "aws:principaltype": "AssumedRole",
        "aws:principalisawsservice": "false",
        "aws:principalorgid": organization,
        **_open("aws:PrincipalOrgPaths", many=True),
        **_open("aws:userid", "aws:TokenIssueTime", may_be_absent=False),
    }
    if session.role_tags is not UNKNOWN:
        keys |= {PRINCIPAL_TAG + key.lower(): value for key, value in session.role_tags.items()}
    for key, value in session.tags.items():
        name = PRINCIPAL_TAG + key.lower()
        under = keys.get(name)
        if isinstance(value, Open) and value.may_be_absent and under is not None:
            keys[name] = unknown_value(name, may_be_absent=False)
        else:
            keys[name] = value
    return keys, (PRINCIPAL_TAG,) if session.role_tags is UNKNOWN else ()


def _sent_tags(association: Association) -> dict[str, Value]:
    """Return the keys of the session tags that EKS sends, absent if they are off."""
    tags = association.tags()
    if not tags:
        return {}
    keys: dict[str, Value] = {REQUEST_TAG + key: value for key, value in tags.items()}
    if association.session_tags is UNKNOWN:
        return {**keys, **_open("aws:TagKeys", "sts:TransitiveTagKeys", many=True)}
    return {**keys, "aws:tagkeys": SESSION_TAGS, "sts:transitivetagkeys": SESSION_TAGS}


def _hop(assume: Request, association: Association) -> tuple[Request, ...]:
    if association.session_tags is False:
        return (assume,)
    # sts:ExternalId and sts:RoleSessionName are keys of AssumeRole but not of TagSession (Service Authorization
    # Reference).
    keys = {key: value for key, value in assume.keys.items() if key not in (EXTERNAL_ID, "sts:rolesessionname")}
    return assume, replace(assume, action=TAG_SESSION, keys=keys)


def _with_resource_tags(
    keys: dict[str, Value], tags: Mapping[str, str] | Unknown
) -> tuple[dict[str, Value], tuple[str, ...]]:
    if tags is UNKNOWN:
        return keys, _RESOURCE_TAGS
    return keys | {prefix + key.lower(): value for prefix in _RESOURCE_TAGS for key, value in tags.items()}, ()


def _role_text(arn: str | Unknown) -> Text:
    return arn if isinstance(arn, str) else text_of(Variable("role arn"))


def _resource_account(arn: str | Unknown) -> dict[str, Value]:
    parts = arn.split(":") if isinstance(arn, str) else []
    return {"aws:resourceaccount": parts[4]} if parts[4:] else _open("aws:ResourceAccount", may_be_absent=False)


def _fill_in(value: Text, values: Mapping[str, str]) -> Text:
    return value.fill_in(values) if isinstance(value, Open) else value
