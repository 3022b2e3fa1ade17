"""The `environment` object of a stack's file: a cluster, the other accounts it reaches, tags, and identities.

What an identity takes is what the component takes, spelled in camelCase; it is the component that checks it. This
module checks the rest, and tells every problem of the whole file at once, each with the path of its key.
"""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from eks_pod_identity.errors import camel_case
from pulumi_eks_pod_identity import AgentMode

#: Arguments of the component that the environment gives to all identities.
SHARED_ARGUMENTS = frozenset({"cluster_name", "account_id", "partition", "region", "agent"})

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=False)]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


class _Model(BaseModel):
    """Settled values of the file, in its spelling; a key that is not known is an error, and no value is repeated."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        strict=True,
    )


class Cluster(_Model):
    """The EKS cluster of the environment."""

    name: Text
    """Name of the cluster."""

    agent: AgentMode = Field(default=AgentMode.EXISTING, strict=False)
    """Who runs the agent: `existing`, `managed` (this stack installs the add-on) or `auto_mode`."""

    account_id: AccountId | None = None
    """Account of the cluster, in quotes. Default: looked up."""

    partition: Text | None = None
    """Partition of the cluster. Default: looked up."""

    region: Text | None = None
    """Region of the cluster. Default: looked up."""


class Account(_Model):
    """Another account, in which identities of this environment have their target roles."""

    id: AccountId
    """The account's id, in quotes; the run stops where the credentials belong to another account."""

    profile: Text | None = None
    """Profile of the AWS configuration that reaches the account. Default: the stack's own credentials."""

    assume_role_arn: Text | None = None
    """Role to assume in the account before creating anything there. Default: none."""

    region: Text | None = None
    """Region of the provider for this account. Default: the stack's."""


class Attempt(_Model):
    """One call that the proof makes with a pod's credentials."""

    service: Text
    """Name of the service as boto3 knows it, such as `s3`."""

    action: Text
    """Name of the client's method, such as `get_object`."""

    arguments: dict[str, Any] = {}
    """Arguments of the call."""


class Proof(_Model):
    """What the sandbox tries with the identity's credentials. Not used with a real cluster."""

    allow: list[Attempt] = []
    """Calls that must work."""

    deny: list[Attempt] = []
    """Calls that must be refused."""


class Identity(_Model):
    """One workload: the component's arguments, and what only the environment knows about it."""

    model_config = ConfigDict(extra="allow")

    target_account: Text | None = None
    """Name of the account, under `accounts`, in which the target role is created. Default: the cluster's own."""

    proof: Proof | None = None
    """What to try in the sandbox. Default: nothing but who it is."""

    @property
    def arguments(self) -> dict[str, Any]:
        """The component's arguments, in its spelling."""
        return {snake_case(key): _spelled(key, value) for key, value in (self.model_extra or {}).items()}


class Environment(_Model):
    """One environment: what a stack is made of."""

    cluster: Cluster
    """The cluster that the identities are for."""

    accounts: dict[str, Account] = {}
    """Other accounts, by a name of your choice."""

    tags: dict[str, str] = {}
    """Tags on everything that the stack creates. An identity's own tags win."""

    identities: dict[str, Identity] = {}
    """The workloads, by a name of your choice; it names the resources in the stack."""

    def arguments(self, name: str) -> dict[str, Any]:
        """Return the component's arguments for the identity called *name*, with what all identities share."""
        own = self.identities[name].arguments
        shared: dict[str, Any] = {
            "cluster_name": self.cluster.name,
            "account_id": self.cluster.account_id,
            "partition": self.cluster.partition,
            "region": self.cluster.region,
            # The add-on is one resource of the stack, not of an identity.
            "agent": AgentMode.AUTO_MODE if self.cluster.agent is AgentMode.AUTO_MODE else AgentMode.EXISTING,
        }
        given = {key: value for key, value in shared.items() if value is not None}
        own_tags = own.get("tags")
        # Tags that are not a map go to the component as they are: it says what is wrong with them.
        if own_tags is None or isinstance(own_tags, Mapping):
            tags = {**self.tags, **cast("Mapping[str, str]", own_tags or {})}
            own["tags"] = tags or None
        return own | given


def snake_case(name: str) -> str:
    """Spell a key of the file as the component's arguments are: `serviceAccount` is `service_account`."""
    spelled = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    # A key that is not camelCase stays as it was typed, so that it is not taken for the argument it resembles.
    return spelled if camel_case(spelled) == name else name


def _spelled(key: str, value: Any) -> Any:
    if key != "bindings" or not isinstance(value, list):
        return value
    items = cast("list[Any]", value)
    return [
        {snake_case(name): part for name, part in cast("Mapping[str, Any]", item).items()}
        if isinstance(item, Mapping)
        else item
        for item in items
    ]
