"""The `environment` object of a stack's file: a cluster, other AWS accounts, tags, and identities.

An identity takes the arguments of the component, in camelCase. The component validates those; these models validate
everything else.
"""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from eks_pod_identity.errors import camel_case
from pulumi_eks_pod_identity import AgentMode

SHARED_ARGUMENTS = frozenset({"cluster_name", "account_id", "partition", "region", "agent"})
"""Arguments of the component that the environment sets for all identities."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=False)]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


class _Model(BaseModel):
    """Base of the models: keys are in camelCase, unknown keys are errors, and errors never show a value."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        strict=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, values: object) -> object:
        """Treat a key without a value as absent, for example if everything below it is commented out."""
        if not isinstance(values, Mapping):
            return values
        return {key: value for key, value in cast("Mapping[object, object]", values).items() if value is not None}


class Cluster(_Model):
    """The EKS cluster of the environment."""

    name: Text
    """Name of the cluster."""

    agent: AgentMode = Field(default=AgentMode.EXISTING, strict=False)
    """Who runs the agent: `existing`, `managed` (this stack installs the add-on) or `auto_mode`.

    Default: `existing`.
    """

    account_id: AccountId | None = None
    """Account of the cluster, in quotes. The run fails if the credentials belong to another. Default: looked up."""

    partition: Text | None = None
    """AWS partition of the cluster, such as `aws-cn`. Default: looked up."""

    region: Text | None = None
    """Region of the cluster. Default: looked up."""


class Account(_Model):
    """Another AWS account, in which the target roles of identities are created."""

    id: AccountId
    """ID of the account, in quotes. The run fails if the credentials belong to another account."""

    profile: Text | None = None
    """AWS profile with credentials for the account. Default: the stack's own credentials."""

    assume_role_arn: Text | None = None
    """Role to assume before creating anything in the account. Default: none."""

    region: Text | None = None
    """Region of the provider for this account. Default: the stack's."""


class Identity(_Model):
    """One workload: the component's arguments, and the account of its target role."""

    model_config = ConfigDict(extra="allow")

    target_account: Text | None = None
    """Name of the account, under `accounts`, in which the target role is created. Default: the cluster's own."""

    former_name: Text | None = None
    """Name that the identity had before it was renamed. Its resources are then kept or replaced without a gap.
    Default: none."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the component's arguments, in snake_case."""
        return {snake_case(key): _respell(key, value) for key, value in (self.model_extra or {}).items()}


class Environment(_Model):
    """One environment: everything that a stack creates."""

    cluster: Cluster
    """The cluster of the identities."""

    accounts: dict[str, Account] = {}
    """Other AWS accounts, by a name of your choice."""

    tags: dict[str, str] = {}
    """Tags of everything that the stack creates. Tags of an identity take precedence."""

    identities: dict[Text, Identity] = {}
    """The workloads, by a name of your choice. The name is part of the resource names in the stack."""

    def arguments(self, name: str) -> dict[str, Any]:
        """Return the component's arguments for the identity *name*, with those that all identities share."""
        own = self.identities[name].arguments
        shared: dict[str, Any] = {
            "cluster_name": self.cluster.name,
            "account_id": self.cluster.account_id,
            "partition": self.cluster.partition,
            "region": self.cluster.region,
            # The add-on belongs to the stack, not to an identity.
            "agent": AgentMode.AUTO_MODE if self.cluster.agent is AgentMode.AUTO_MODE else AgentMode.EXISTING,
        }
        present = {key: value for key, value in shared.items() if value is not None}
        own_tags = own.get("tags")
        # Tags that are not a map are passed on as they are, for the component to report.
        if own_tags is None or isinstance(own_tags, Mapping):
            tags = {**self.tags, **cast("Mapping[str, str]", own_tags or {})}
            own["tags"] = tags or None
        return own | present


def snake_case(name: str) -> str:
    """Return the argument for a key of the file: `serviceAccount` is `service_account`."""
    spelled = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    # A key that is not in camelCase stays as typed, so that it does not pass for the argument it resembles.
    return spelled if camel_case(spelled) == name else name


def _respell(key: str, value: Any) -> Any:
    if key != "bindings" or not isinstance(value, list):
        return value
    items = cast("list[Any]", value)
    return [
        {snake_case(name): part for name, part in cast("Mapping[str, Any]", item).items()}
        if isinstance(item, Mapping)
        else item
        for item in items
    ]
