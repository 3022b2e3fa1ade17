"""What a resource type is: its properties, and its calls to create, read, update and delete."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sandbox.aws_plugin.account import Aws
from sandbox.aws_plugin.errors import PluginError

Values = dict[str, Any]
PropertyType = Literal["string", "boolean", "integer", "list", "set", "map", "object", "document", "asset"]


class _Absent:
    def __repr__(self) -> str:
        return "<absent>"


ABSENT: Final = _Absent()


@dataclass(frozen=True)
class Property:
    """One input property of a resource type."""

    type: PropertyType = "string"
    required: bool = False
    replaces: bool = False
    """A change replaces the resource."""
    replacing_parts: Sequence[str] = ()
    """Members of an object whose change replaces the resource."""
    removal_replaces: bool = False
    """Removing it from the program replaces the resource, although other changes are made in place."""
    computed: bool = False
    """AWS chooses a value if the program gives none: omitting it is no change, and it is unknown in previews."""
    default: Any = ABSENT
    """The value that Check fills in if the program gives none."""
    planned_default: Any = ABSENT
    """The value that the plan uses if the program gives none; it does not appear among the inputs."""
    equal: Callable[[Any, Any], bool] | None = None
    """Return whether two different values are equivalent, so that no change is reported."""
    equal_when_read: Callable[[Any, Any], bool] | None = None
    """Return whether a value read from AWS is equivalent to the known one, which then stays in the state."""
    normalize: Callable[[str], str] | None = None
    """Return the form in which the provider sends a value and stores it in the state."""
    check: Callable[[Any], str | None] | None = None
    """Return what is wrong with a known value, or None."""
    conflicts: Sequence[str] = ()


@dataclass(frozen=True)
class AutoName:
    """The property that defaults to the logical name followed by seven random hexadecimal digits."""

    property: str = "name"
    limit: int = 255
    lower: bool = False


@dataclass(frozen=True)
class AwsResource:
    """A resource as it exists in AWS."""

    id: str
    state: Values


class PartialCreateError(PluginError):
    """A create that failed after the resource existed: the engine must record the resource."""

    def __init__(self, id_: str, news: Values, read: Callable[[], AwsResource | None], reason: PluginError) -> None:
        """Store the reason, and the resource as *read* returns it or else as *news* describes it."""
        super().__init__(str(reason))
        try:
            self.resource = read() or AwsResource(id_, news)
        except PluginError:
            self.resource = AwsResource(id_, news)


def read_created(
    aws: Aws,
    label: str,
    id_: str,
    news: Values,
    read: Callable[[Aws, str, Values], AwsResource | None],
    *,
    wait: bool = True,
) -> AwsResource:
    """Read a resource that was just created, and read it again until AWS shows it: AWS is eventually consistent.

    Without *wait*, read it once.

    Raises:
        PartialCreateError: If AWS does not show it in time, so that the next update reads it again.
    """
    seen: list[AwsResource] = []
    action = f"reading {label} ({id_})"

    def is_shown() -> bool:
        seen.extend(resource for resource in [read(aws, id_, news)] if resource)
        return bool(seen)

    try:
        if not aws.poll(action, is_shown, seconds=aws.retry_seconds if wait else 0):
            raise PluginError(f"{action}: couldn't find resource")  # noqa: TRY301 - handled like a read that fails
    except PluginError as error:
        raise PartialCreateError(id_, news, lambda: read(aws, id_, news), error) from error
    return seen[0]


@dataclass(frozen=True)
class ResourceType:
    """One resource type of the plugin."""

    token: str
    label: str
    """The name in the provider's messages: "IAM Role"."""
    inputs: Mapping[str, Property]
    outputs: Sequence[str]
    """Properties that only AWS sets."""
    create: Callable[[Aws, Values], AwsResource]
    read: Callable[[Aws, str, Values], AwsResource | None]
    delete: Callable[[Aws, str, Values], None]
    update: Callable[[Aws, str, Values, Values], Values] | None = None
    """Called with the id, the old state and the new inputs; None if every change replaces the resource."""
    autoname: AutoName | None = None
    delete_before_replace: bool = False
    """True if a replacement always deletes the old resource first."""
    tagged: bool = False
    regional: bool = False
    unknown_on_update: Sequence[str] = ()
    """Outputs that are unknown in a preview of an update."""
    plugin_framework: bool = False
    """True if the official provider builds it on Terraform's plugin framework instead of its older SDK.

    Such a type computes `tagsAll` in the plan instead of in Check, and has no `__defaults`.
    """
    not_returned: Sequence[str] = field(default=())
    """Inputs that AWS does not return: the state keeps the program's value."""
