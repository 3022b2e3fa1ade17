"""A workload with its roles, and the question what its pods may do."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from eks_pod_identity.access.chain import Chain, ChainRole, Question, decide_chain, hops, session_request, source_steps
from eks_pod_identity.access.decision import Decision
from eks_pod_identity.access.question import check_keys, check_question, check_service_account
from eks_pod_identity.access.steps import Outcome, Step
from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam.document import Document, parse
from eks_pod_identity.iam.possible import ABSENT, Value, unknown_value
from eks_pod_identity.iam.request import Association, Request
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown

PolicySource = Mapping[str, object] | str | Unknown
"""A policy document: a map, JSON text, or UNKNOWN."""

Levels = Sequence[PolicySource | Mapping[str, PolicySource]]


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role.

    Attributes:
        arn: The ARN, path included.
        trust: The trust policy; UNKNOWN if it cannot be read.
        policies: Inline and managed policies by name or ARN; UNKNOWN for one whose text is not known.
        boundary: The permissions boundary; None for none, UNKNOWN if only its ARN is known.
        tags: Tags of the role; UNKNOWN if they are not known.
    """

    arn: str | Unknown
    trust: PolicySource = UNKNOWN
    policies: Mapping[str, PolicySource] = field(default_factory=dict[str, PolicySource])
    boundary: PolicySource | None = None
    tags: Mapping[str, str] | Unknown = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Refuse a document, or a list of documents, in the place of a map of documents."""
        policies = cast("object", self.policies)
        statement = cast("Mapping[str, object]", policies).get("Statement") if isinstance(policies, Mapping) else None
        is_document = isinstance(statement, list) or (isinstance(statement, Mapping) and "Effect" in statement)
        if is_document or not isinstance(policies, Mapping):
            raise TypeError('Role.policies maps names to documents. Write {"a-name": document}.')

    @property
    def account(self) -> str | Unknown:
        """Return the account of the role."""
        return _part_of_arn(self.arn, 4)

    @property
    def name(self) -> str:
        """Return the name of the role, without its path."""
        return self.arn.rpartition("/")[2] if isinstance(self.arn, str) else "(name not known)"


@dataclass(frozen=True)  # without slots: the parsed documents are cached on the instance
class Identity:
    """One association: a ServiceAccount of a cluster, its role and, if it has one, its target role.

    Attributes:
        cluster: Name of the cluster.
        namespace: Namespace of the ServiceAccount.
        service_account: Name of the ServiceAccount.
        role: The role that EKS assumes.
        region: Region of the cluster.
        account: Account of the cluster; by default that of the role.
        partition: Partition of the cluster; by default that of the role.
        session_policy: The session policy; None for none.
        session_tags: Whether EKS sends session tags; by default yes, unless there is a session policy.
        target: The role that EKS assumes with the credentials of *role*.
        pod_name: Name of the pod, if a policy compares it.
        pod_uid: Uid of the pod.
        session_name: Name of the session, if a resource policy names a single session.
        organization: Id of the organization of the role's account.
        service_control_policies: Levels from the root of the organization down to the account, each a policy or a map
            of policies; None if not given, empty if there are none.
        resource_control_policies: Likewise.
    """

    cluster: str | Unknown
    namespace: str | Unknown
    service_account: str | Unknown
    role: Role
    region: str | Unknown = UNKNOWN
    account: str | Unknown | None = None
    partition: str | Unknown | None = None
    session_policy: PolicySource | None = None
    session_tags: bool | Unknown | None = None
    target: Role | None = None
    pod_name: str | Unknown = UNKNOWN
    pod_uid: str | Unknown = UNKNOWN
    session_name: str | Unknown = UNKNOWN
    organization: str | Unknown = UNKNOWN
    service_control_policies: Levels | None = None
    resource_control_policies: Levels | None = None

    def decide(
        self,
        action: str,
        resource: str,
        *,
        context: Mapping[str, object] | None = None,
        resource_policy: PolicySource | None = None,
        strict: bool = False,
    ) -> Decision:
        """Decide whether a pod of this identity may do *action* on *resource*.

        Args:
            action: One action, `s3:GetObject`.
            resource: One resource by its ARN, or `*` for an action that acts on none.
            context: Condition keys of the request; None for a key that the request does not have, UNKNOWN for a value
                that is not known.
            resource_policy: The policy of the resource; None if not given, empty if there is none.
            strict: Answer UNKNOWN rather than assume that policies that were not given deny nothing.

        Raises:
            QuestionError: If there is no such action, it does not act on such a resource, or no ServiceAccount can
                have these names.
        """
        check_question(action, resource)
        check_keys(context or {})
        check_service_account(self.cluster, self.namespace, self.service_account, self.region, self.account)
        question = Question(action, resource, keys_of(context or {}), _resource_policies(resource_policy), strict)
        before = self._hops
        if question.keys and before[-1].outcome is Outcome.UNKNOWN:
            before = hops(self._chain, question.keys)
        return decide_chain(self._chain, before, self._session, question)

    @property
    def association(self) -> Association:
        """Return what EKS knows about the workload when it calls STS."""
        tags = self.session_tags if self.session_tags is not None else not self.session_policy
        return Association(
            self.cluster,
            self.namespace,
            self.service_account,
            self.region,
            self.role.account if self.account is None else self.account,
            _part_of_arn(self.role.arn, 1) if self.partition is None else self.partition,
            tags,
            self.pod_name,
            self.pod_uid,
        )

    def admission(self) -> tuple[Step, ...]:
        """Return how the trust policy decides AssumeRole and, while tags are on, TagSession."""
        return source_steps(self._chain)

    @cached_property
    def _hops(self) -> tuple[Step, ...]:
        return hops(self._chain)

    @cached_property
    def _session(self) -> Request:
        return session_request(self._chain)

    @cached_property
    def _chain(self) -> Chain:
        name = f"{_show(self.namespace)}/{_show(self.service_account)} in cluster {_show(self.cluster)}"
        return Chain(
            subject=name,
            association=self.association,
            source=_chain_role(self.role),
            target=_chain_role(self.target) if self.target else None,
            session_policy=_limit(self.session_policy),
            session_name=self.session_name,
            organization=self.organization,
            service_control=_levels(self.service_control_policies),
            resource_control=_levels(self.resource_control_policies),
        )


class _Identities(dict[str, Identity]):
    """Identities by key. The error for a missing key lists the keys that exist."""

    def __missing__(self, key: str) -> Identity:
        if not self:
            raise KeyError("There are no identities: no association, and no add-on with associations.")
        near = difflib.get_close_matches(key, self, n=3, cutoff=0)
        raise KeyError(f"There is no identity {quote(key)}. There is {join_values([quote(each) for each in near])}.")


def identities_by_key(identities: Iterable[Identity]) -> dict[str, Identity]:
    """Return *identities* by `namespace/service-account`.

    If several identities have the same pair, the key starts with the cluster, and with the region and the account if
    those differ.
    """
    by_pair: dict[tuple[str, ...], list[Identity]] = defaultdict(list)
    for identity in identities:
        by_pair[_key_parts(identity)[-2:]].append(identity)
    keyed: dict[str, Identity] = {}
    for group in by_pair.values():
        length = next((length for length in range(2, 5) if _are_unique(group, length)), 5)
        keyed |= {"/".join(_key_parts(identity)[-length:]): identity for identity in group}
    return _Identities(sorted(keyed.items()))


def _are_unique(identities: Sequence[Identity], length: int) -> bool:
    return len({_key_parts(identity)[-length:] for identity in identities}) == len(identities)


def _key_parts(identity: Identity) -> tuple[str, ...]:
    known = identity.association
    parts = (known.account, known.region, known.cluster_name, known.namespace, known.service_account)
    return tuple(part if isinstance(part, str) else "?" for part in parts)


def keys_of(context: Mapping[str, object]) -> dict[str, Value]:
    """Return condition keys in the form of a request: one text, several, or none."""
    return {key.lower(): _value(key.lower(), value) for key, value in context.items()}


def _value(key: str, value: object) -> Value:
    if value is None:
        return ABSENT
    if value is UNKNOWN:
        return unknown_value(key)
    if isinstance(value, list | tuple | set | frozenset):
        if UNKNOWN in value:
            return unknown_value(key, many=True)
        return tuple(_text(item) for item in cast("Sequence[object]", value))
    return _text(value)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _chain_role(role: Role) -> ChainRole:
    return ChainRole(
        arn=role.arn,
        name=role.name,
        account=role.account,
        trust=parse(role.trust),
        policies={name: parse(policy) for name, policy in role.policies.items()},
        boundary=_limit(role.boundary),
        tags=role.tags,
    )


def _limit(source: PolicySource | None) -> Document | None:
    """Parse a boundary or a session policy; empty text means none, as in the API."""
    return None if source is None or source == "" else parse(source)


def _resource_policies(source: PolicySource | None) -> Mapping[str, Document] | None:
    if source is None:
        return None
    return {"the resource policy": parse(source)} if source else {}


def _levels(levels: Levels | None) -> Sequence[Mapping[str, Document]] | None:
    if levels is None:
        return None
    return [_level(index, level) for index, level in enumerate(levels, 1)]


def _level(index: int, level: PolicySource | Mapping[str, PolicySource]) -> Mapping[str, Document]:
    if isinstance(level, Mapping) and "Statement" not in level:
        return {str(name): parse(policy) for name, policy in level.items()}
    return {f"level {index}": parse(level)}


def _part_of_arn(arn: str | Unknown, index: int) -> str | Unknown:
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[index] if len(parts) > index and parts[index] else UNKNOWN


def _show(value: str | Unknown) -> str:
    return value if isinstance(value, str) else "(not known)"
