"""The chain from each association via its role to its target role, with what is known about EKS's calls."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from eks_pod_identity.iam import Document, parse
from eks_pod_identity.iam.eks import ASSUME_ROLE
from eks_pod_identity.iam.possible import Open, Text, Variable, text_of
from eks_pod_identity.iam.request import (
    ACCOUNT,
    PARTITION,
    Association,
    Request,
    Session,
    source_requests,
    target_requests,
)
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown
from eks_pod_identity.rules.graph.associations import associations_of, namespace_is_assumed
from eks_pod_identity.rules.graph.stack import Link, Stack, region_of
from eks_pod_identity.rules.resource import Resource, account_of
from eks_pod_identity.rules.tags.effective import effective_tags
from eks_pod_identity.values.arns import partition_of

_CLUSTER_ARN = re.compile(r"arn:([^:*?]+):eks:([^:*?]+):([0-9]{12}):cluster/[^*?]+")
ANY_ARN = Variable(
    "role arn", r"arn:aws[a-z-]*:iam::\d{12}:role/[!-~]+", "", "arn:aws:iam::999999999999:role/any-role"
)
"""The ARN of a role about which nothing is known."""

_TARGET_ACCOUNT = Variable("target account", ACCOUNT.form)
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Hop:
    """A role that an association uses, and what is known about it.

    Attributes:
        link: The link to the role.
        text: Its ARN as far as it is known.
        trust: Its trust policy.
        tags: Its tags.
        session: The ARN of its sessions, if the ARN of the role is known in part.
    """

    link: Link
    text: Text
    trust: Document
    tags: Mapping[str, str] | Unknown
    session: Text | None = None

    @property
    def arn(self) -> str | Unknown:
        """Return the ARN of the role, if it is known completely."""
        return self.text if isinstance(self.text, str) else UNKNOWN

    @property
    def role(self) -> Resource | None:
        """Return the role, if the stack has it."""
        return self.link.resource


@dataclass(frozen=True, slots=True)
class Chain:
    """An association, the role that EKS assumes for it, and its target role if it has one.

    *caller* is the association as EKS knows it; *account* is the account of the cluster, empty if it is not known.
    """

    association: Resource
    caller: Association
    account: str
    source: Hop
    target: Hop | None

    @property
    def final(self) -> Hop:
        """Return the role whose credentials the pods get."""
        return self.target or self.source

    @property
    def is_known(self) -> bool:
        """Return whether everything about EKS's calls that a stack can contain is known.

        Pod name, organization and time of a call are in no stack.
        """
        caller = self.caller
        parts = (
            caller.cluster_name,
            caller.namespace,
            caller.service_account,
            caller.region,
            caller.account,
            caller.partition,
            caller.session_tags,
            *(hop.arn for _, hop in links_of(self)),
        )
        return UNKNOWN not in parts

    def with_session_tags(self, *, on: bool) -> "Chain":
        """Return the chain with session tags on or off."""
        return replace(self, caller=replace(self.caller, session_tags=on))

    def session(self) -> Session:
        """Return the session of the source role that EKS gets."""
        return Session(self.source.arn, self.caller.tags(), self.source.tags)

    def source_requests(self) -> tuple[Request, ...]:
        """Return EKS's requests to assume the source role."""
        return source_requests(self.caller, self.source.arn, self.source.tags)

    def target_requests(self) -> tuple[Request, ...]:
        """Return EKS's requests to assume the target role, if there is one."""
        if self.target is None:
            return ()
        requests = target_requests(self.caller, self.session(), self.target.arn, self.target.tags)
        return tuple(_with_arns(request, self.source, self.target.text) for request in requests)


def chains_of(stack: Stack, cluster_account: str) -> Iterator[Chain]:
    """Return the chain of every association of the stack, one at a time: a large stack has thousands."""
    return (_chain(stack, association, cluster_account) for association in associations_of(stack))


def _chain(stack: Stack, association: Resource, configured: str) -> Chain:
    source, cluster = stack.role(association, "roleArn"), stack.cluster(association)
    account = configured or _cluster_account(stack, association, cluster)
    region = region_of(association)
    if association.is_of_component:
        trust = _trust(source)
        account, region = account or _account_in(trust), region or _region_in(trust)
    partition = _partition(association, source, cluster, region)
    target = None
    if association.get("targetRoleArn") not in (None, ""):
        link = stack.role(association, "targetRoleArn")
        target = _hop(stack, link, association.text("targetRoleArn"), partition, _TARGET_ACCOUNT)
    return Chain(
        association,
        _caller(stack, association, account, region, partition),
        account,
        _hop(stack, source, association.text("roleArn"), partition, account or ACCOUNT),
        target,
    )


def _caller(stack: Stack, association: Resource, account: str, region: str | None, partition: str) -> Association:
    cluster_id = stack.cluster_id(association)
    cluster = cluster_id.cluster if cluster_id is not None and not cluster_id.cluster.startswith("urn:") else ""
    disabled = association.get("disableSessionTags")
    return Association(
        cluster_name=cluster or UNKNOWN,
        namespace=(not namespace_is_assumed(association) and association.text("namespace")) or UNKNOWN,
        service_account=association.text("serviceAccount") or UNKNOWN,
        region=region or UNKNOWN,
        account=account or account_of(association.get("roleArn")) or UNKNOWN,
        partition=partition or UNKNOWN,
        session_tags=UNKNOWN if disabled is UNKNOWN else disabled is not True,
    )


def _hop(stack: Stack, link: Link, arn: str, partition: str, owner: str | Variable) -> Hop:
    """Return the role at *link* as a hop. *owner* is its account if the stack does not show it."""
    role = link.resource
    if role is None:
        return Hop(link, arn or text_of(ANY_ARN), Document(is_open=True), UNKNOWN)
    arn, name = arn or role.text("arn"), role.text("name")
    if arn or not name or role.is_open("path"):
        return Hop(link, arn or text_of(ANY_ARN), _trust(link), _tags(role))
    account, aws = stack.account(role) or owner, partition or PARTITION
    text = text_of("arn:", aws, ":iam::", account, f":role{role.text('path') or '/'}{name}")
    session = text_of("arn:", aws, ":sts::", account, f":assumed-role/{name}/", Variable("session name"))
    return Hop(link, text, _trust(link), _tags(role), session if isinstance(text, Open) else None)


def _with_arns(request: Request, source: Hop, target: Text) -> Request:
    """Return *request* with the known parts of incomplete ARNs."""
    if isinstance(target, Open):
        request = replace(request, resource=target)
    if source.session is not None:
        caller = replace(request.caller, role_arn=source.text, session_arn=source.session)
        request = replace(request.with_keys({"aws:principalarn": source.text}), caller=caller)
    return request


def _trust(link: Link) -> Document:
    role = link.resource
    if role is None:
        return Document(is_open=True)
    return parse(role.get("assumeRolePolicy"))


def _tags(role: Resource) -> Mapping[str, str] | Unknown:
    effective = effective_tags(role)
    if effective.hiding or any(value is UNKNOWN for value in effective.tags.values()):
        return UNKNOWN
    return {str(key): value for key, value in effective.tags.items() if isinstance(value, str)}


def _cluster_account(stack: Stack, association: Resource, cluster: Resource | None) -> str:
    """Return the account of the cluster, from a known ARN or the provider."""
    return (
        account_of(association.get("associationArn"))
        or account_of(cluster.get("arn") if cluster else None)
        or stack.account(association)
    )


def _partition(association: Resource, source: Link, cluster: Resource | None, region: str | None) -> str:
    arns = (
        association.text("associationArn"),
        association.text("roleArn"),
        source.resource.text("arn") if source.resource else "",
        cluster.text("arn") if cluster else "",
    )
    known = next((arn.split(":")[1] for arn in arns if arn.count(":") > 1), "")
    return known or partition_of(region)


def _account_in(trust: Document) -> str:
    """Return the account in a trust policy that a component wrote after looking the account up."""
    accounts = set(_values(trust, "aws:sourceaccount"))
    account = accounts.pop() if len(accounts) == 1 else ""
    return account if _ACCOUNT.fullmatch(account) else ""


def _region_in(trust: Document) -> str:
    values = [*_values(trust, "aws:requesttag/eks-cluster-arn"), *_values(trust, "aws:sourcearn")]
    regions = {match.group(2) for value in values if (match := _CLUSTER_ARN.fullmatch(value))}
    return regions.pop() if len(regions) == 1 else ""


def _values(trust: Document, key: str) -> Iterator[str]:
    for statement in trust.statements:
        if statement.allows and statement.covers_action(ASSUME_ROLE):
            for condition in statement.conditions:
                if condition.name == key:
                    yield from condition.values


def links_of(chain: Chain) -> Iterator[tuple[str, Hop]]:
    """Return the roles of a chain, each with the property that names it."""
    yield "roleArn", chain.source
    if chain.target is not None:
        yield "targetRoleArn", chain.target


def has_open_parts(document: Document) -> bool:
    """Return whether a part of *document* is not known yet."""
    return not document.is_complete or any(
        statement.effect_is_open
        or statement.conditions_are_open
        or statement.actions.open
        or statement.resources.open
        or bool(statement.principals is not None and statement.principals.open_types)
        or any(condition.open_values for condition in statement.conditions)
        for statement in document.statements
    )
