"""Finds the identities among the resources of a Pulumi program, in any language, with or without components.

Roles are found by ARN, or by the dependencies of a property if the ARN is not known yet. A policy refers to its role
by name only, so roles of the same provider come first: a program may have roles of the same name in two accounts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from eks_pod_identity.access.identity import Identity, PolicySource, Role, identities_by_key
from eks_pod_identity.addon import namespace_of_addon
from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown
from eks_pod_identity.values import names

ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
ADDON = "aws:eks/addon:Addon"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SHARED_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
EXCLUSIVE_ATTACHMENTS = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
POLICY = "aws:iam/policy:Policy"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a program: its inputs and, as far as known, its outputs.

    Attributes:
        urn: Its URN.
        type: Its type token.
        properties: Inputs and outputs; unknown and secret values are UNKNOWN.
        provider: Its provider.
        dependencies: The URNs that a property depends on.
        is_read: Whether it was read and not created, so that the program may not contain all its policies.
    """

    urn: str
    type: str
    properties: Mapping[str, object]
    provider: str = ""
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    is_read: bool = False

    @property
    def name(self) -> str:
        """Return the name in the program."""
        return self.urn.rpartition("::")[2]

    def text(self, key: str) -> str | Unknown:
        """Return a text, or UNKNOWN."""
        value = self.properties.get(key)
        return value if isinstance(value, str) and value else UNKNOWN

    def items(self, key: str) -> list[object]:
        """Return the items of a list. A list that is not known has one unknown item."""
        value = self.properties.get(key)
        if value is UNKNOWN:
            return [UNKNOWN]
        return cast("list[object]", value) if isinstance(value, list) else []


def identities_of(
    resources: Iterable[Resource], managed_policies: Mapping[str, PolicySource] | None = None
) -> dict[str, Identity]:
    """Return the identities of all associations, including those of add-ons, by `namespace/service-account`.

    If two clusters have the same pair, the key is `cluster/namespace/service-account`; the region, and then the
    account, come first if that is not enough.

    Args:
        resources: The resources of a program or its state.
        managed_policies: Texts of managed policies that are not among the resources, by ARN.
    """
    return identities_by_key(_Program(resources, managed_policies or {}).identities())


class _Program:
    """The resources of a program, indexed for look-up."""

    def __init__(self, resources: Iterable[Resource], managed_policies: Mapping[str, PolicySource]) -> None:
        self._managed = managed_policies
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._by_urn: dict[str, Resource] = {}
        self._by_arn: dict[str, Resource] = {}
        for resource in resources:
            self._by_type[resource.type].append(resource)
            self._by_urn[resource.urn] = resource
            arn = resource.text("arn")
            if isinstance(arn, str):
                self._by_arn[arn] = resource
        self._policies: dict[str, dict[str, PolicySource]] = defaultdict(dict)
        self._collect()

    def identities(self) -> Iterator[Identity]:
        """Yield the identity of every association."""
        for association in self._by_type[ASSOCIATION]:
            yield self._identity_of(association)
        for addon in self._by_type[ADDON]:
            for entry in addon.items("podIdentityAssociations"):
                if isinstance(entry, Mapping):
                    yield self._addon_identity(addon, cast("Mapping[str, object]", entry))

    def _identity_of(self, association: Resource) -> Identity:
        target = association.properties.get("targetRoleArn")
        policy = association.properties.get("policy")
        disabled = association.properties.get("disableSessionTags", False)
        arn = association.text("associationArn")
        region, account = _region_and_account(arn, association.text("region"))
        return Identity(
            _valid_or_unknown(association.text("clusterName"), names.cluster_name),
            _valid_or_unknown(association.text("namespace"), names.namespace),
            _valid_or_unknown(association.text("serviceAccount"), names.service_account),
            self._role(association, "roleArn", association.text("roleArn")),
            region=region,
            account=account,
            session_policy=_document(policy) if policy else None,
            session_tags=UNKNOWN if disabled is UNKNOWN else not disabled,
            target=self._role(association, "targetRoleArn", association.text("targetRoleArn")) if target else None,
        )

    def _addon_identity(self, addon: Resource, entry: Mapping[str, object]) -> Identity:
        role_arn, account_name = entry.get("roleArn"), entry.get("serviceAccount")
        namespace = namespace_of_addon(addon.properties.get("addonName"), addon.properties.get("namespaceConfig"))
        region, account = _region_and_account(addon.text("arn"), addon.text("region"))
        return Identity(
            _valid_or_unknown(addon.text("clusterName"), names.cluster_name),
            _valid_or_unknown(namespace or UNKNOWN, names.namespace),
            _valid_or_unknown(account_name if isinstance(account_name, str) else UNKNOWN, names.service_account),
            self._role(addon, "podIdentityAssociations", role_arn if isinstance(role_arn, str) else UNKNOWN),
            region=region,
            account=account,
        )

    def _role(self, user: Resource, key: str, arn: str | Unknown) -> Role:
        if isinstance(arn, str):
            resource = self._by_arn.get(arn) or self._role_to_be_created(user, key, arn)
        else:
            resource = self._only_dependency(user, key, ROLE)
        if resource is None:
            name = arn.rpartition("/")[2] if isinstance(arn, str) else "(not known)"
            return Role(
                arn, policies={f"the policies of role {name}, which is not in the program": UNKNOWN}, tags=UNKNOWN
            )
        policies = dict(self._policies[resource.urn])
        if resource.is_read:
            policies[f"further policies of role {resource.name}, which the program only reads"] = UNKNOWN
        boundary = resource.properties.get("permissionsBoundary")
        return Role(
            resource.text("arn") if arn is UNKNOWN else arn,
            trust=_document(resource.properties.get("assumeRolePolicy")),
            policies=policies,
            boundary=self._policy(resource, "permissionsBoundary", boundary) if boundary else None,
            tags=_tags(resource),
        )

    def _role_to_be_created(self, user: Resource, key: str, arn: str) -> Resource | None:
        """Return the role that will have *arn*, which a component knows before the role exists."""
        depended = [resource for resource in self._dependencies(user, key) if resource.type == ROLE]
        own = [role for role in self._by_type[ROLE] if role.provider == user.provider]
        name = arn.rpartition("/")[2]
        roles = [role for role in depended or own if role.text("name") == name and role.text("arn") is UNKNOWN]
        return roles[0] if len(roles) == 1 else None

    def _collect(self) -> None:
        """Find the policies of each role, by the URN of the role."""
        for role in self._by_type[ROLE]:
            self._own_policies(role)
        for policy in self._by_type[ROLE_POLICY]:
            name = policy.text("name")
            role_name = policy.properties.get("role")
            roles = self._roles(policy, "role", role_name)
            is_sure = role_name is not UNKNOWN or len(roles) == 1
            for role in roles:
                document = _document(policy.properties.get("policy")) if is_sure else UNKNOWN
                self._add(role, name if isinstance(name, str) else policy.name, document)
        for attachment in self._by_type[ATTACHMENT]:
            self._attach(attachment, "policyArn", "role", attachment.properties.get("role"))
        for attachment in self._by_type[SHARED_ATTACHMENT]:
            for name in attachment.items("roles"):
                self._attach(attachment, "policyArn", "roles", name)
        for exclusive in self._by_type[EXCLUSIVE_ATTACHMENTS]:
            self._attach(exclusive, "policyArns", "roleName", exclusive.properties.get("roleName"))

    def _own_policies(self, role: Resource) -> None:
        for path, entry in _entries(role, "inlinePolicies"):
            inline = cast("Mapping[str, object]", entry if isinstance(entry, Mapping) else {"policy": UNKNOWN})
            if inline.get("policy"):  # a block without a text says that the role has no inline policies
                name = inline.get("name")
                self._add(role, name if isinstance(name, str) and name else path, _document(inline["policy"]))
        for path, arn in _entries(role, "managedPolicyArns"):
            label = _label(arn) if isinstance(arn, str) else path
            self._add(role, label, self._policy(role, "managedPolicyArns", arn), arn)

    def _attach(self, user: Resource, key: str, role_key: str, name: object) -> None:
        """Add the managed policies at *key* to the role at *role_key*, as unknown if that may be several roles."""
        arns = user.items(key) if key == "policyArns" else [user.properties.get(key)]
        roles = self._roles(user, role_key, name)
        is_sure = name is not UNKNOWN or len(roles) == 1
        for arn in arns:
            label = _label(arn) if isinstance(arn, str) else user.name
            for role in roles:
                self._add(role, label, self._policy(user, key, arn) if is_sure else UNKNOWN, arn)

    def _add(self, role: Resource, label: str, policy: PolicySource, arn: object = None) -> None:
        """Add a policy to *role*. The ARN distinguishes a managed policy from an inline policy of the same name."""
        policies = self._policies[role.urn]
        if label in policies and policies[label] != policy:
            label = arn if isinstance(arn, str) else f"inline policy {label}"
        policies[label] = policy

    def _roles(self, user: Resource, key: str, name: object) -> list[Resource]:
        """Return the role that *user* names or depends on, or each possible role if that is not known."""
        depended = [role for role in self._dependencies(user, key) if role.type == ROLE]
        if len(depended) == 1:
            return depended
        if name is UNKNOWN:
            return depended or [role for role in self._by_type[ROLE] if role.provider == user.provider]
        named = [
            role for role in self._by_type[ROLE] if name in (role.properties.get("name"), role.properties.get("arn"))
        ]
        return [role for role in named if role.provider == user.provider] or named

    def _policy(self, user: Resource, key: str, arn: object) -> PolicySource:
        resource = self._by_arn.get(arn) if isinstance(arn, str) else self._only_dependency(user, key, POLICY)
        if resource is not None:
            return _document(resource.properties.get("policy"))
        return self._managed.get(arn, UNKNOWN) if isinstance(arn, str) else UNKNOWN

    def _only_dependency(self, user: Resource, key: str, resource_type: str) -> Resource | None:
        candidates = [resource for resource in self._dependencies(user, key) if resource.type == resource_type]
        return candidates[0] if len(candidates) == 1 else None

    def _dependencies(self, user: Resource, key: str) -> list[Resource]:
        resources = (self._by_urn.get(urn) for urn in dict.fromkeys(user.dependencies.get(key, ())))
        return [resource for resource in resources if resource is not None]


def _document(value: object) -> PolicySource:
    if isinstance(value, str):
        return value
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else UNKNOWN


def _tags(role: Resource) -> Mapping[str, str] | Unknown:
    tags = role.properties.get("tagsAll", role.properties.get("tags"))
    if tags is None:
        return {}
    if not isinstance(tags, Mapping):
        return UNKNOWN
    values = cast("Mapping[str, object]", tags)
    return (
        {key: value for key, value in values.items() if isinstance(value, str)}
        if UNKNOWN not in values.values()
        else UNKNOWN
    )


def _region_and_account(arn: str | Unknown, region: str | Unknown) -> tuple[str | Unknown, str | Unknown | None]:
    """Return the cluster's region and account; the default account is the role's."""
    parts = arn.split(":") if isinstance(arn, str) else []
    if len(parts) > 4:  # noqa: PLR2004 - an ARN
        return _valid_or_unknown(parts[3], names.region), _valid_or_unknown(parts[4], names.account_id)
    return _valid_or_unknown(region, names.region), None


def _valid_or_unknown(value: str | Unknown, check: Callable[[object], str]) -> str | Unknown:
    """Return a name as the state has it, or UNKNOWN for one that AWS cannot have given, as of a mock."""
    if value is UNKNOWN or not value:
        return value
    try:
        return check(value)
    except RuleError:
        return UNKNOWN


def _entries(role: Resource, key: str) -> Iterator[tuple[str, object]]:
    """Yield the entries of a list with their paths, or the list itself if it is not known."""
    if role.properties.get(key) is UNKNOWN:
        yield key, UNKNOWN
        return
    yield from ((f"{key}[{index}]", entry) for index, entry in enumerate(role.items(key)))


def _label(arn: str) -> str:
    """Return the name of a policy, or the whole ARN of an AWS managed one, which people can look up."""
    return arn if ":aws:policy/" in arn else arn.rpartition("/")[2]
