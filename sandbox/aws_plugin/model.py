"""What a resource type is: its properties, what a change of each means, and the calls that make, read, change and end one."""

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
    """A change makes a new resource."""
    replacing_parts: Sequence[str] = ()
    """Parts of an object whose change makes a new resource."""
    removal_replaces: bool = False
    """Taking it out of the program makes a new resource, although other changes are made in place."""
    computed: bool = False
    """AWS decides when the program does not say: leaving it out is no change, and its value is unknown before the create."""
    default: Any = ABSENT
    """What Check fills in when the program leaves it out."""
    planned_default: Any = ABSENT
    """What the plan takes when the program leaves it out, without showing it among the inputs."""
    equal: Callable[[Any, Any], bool] | None = None
    """When two different values mean the same, so that no change is reported."""
    equal_when_read: Callable[[Any, Any], bool] | None = None
    """When a value that AWS answers means the same as the known one, which then stays in the state."""
    normalize: Callable[[str], str] | None = None
    """The form in which the provider sends the value and stores it in the state."""
    check: Callable[[Any], str | None] | None = None
    """What is wrong with a known value, or None."""
    conflicts: Sequence[str] = ()


@dataclass(frozen=True)
class AutoName:
    """The property that gets the logical name and seven random hexadecimal digits when the program leaves it out."""

    property: str = "name"
    limit: int = 255
    lower: bool = False


@dataclass(frozen=True)
class AwsResource:
    """A resource as AWS has it."""

    id: str
    state: Values


class PartialCreateError(PluginError):
    """A create that made the resource and then failed: the engine must record what is there."""

    def __init__(self, id_: str, news: Values, read: Callable[[], AwsResource | None], reason: PluginError) -> None:
        """Keep why the resource is not complete, and the resource as *read* finds it, or as far as *news* says."""
        super().__init__(str(reason))
        try:
            self.found = read() or AwsResource(id_, news)
        except PluginError:
            self.found = AwsResource(id_, news)


def read_created(
    aws: Aws,
    label: str,
    id_: str,
    news: Values,
    read: Callable[[Aws, str, Values], AwsResource | None],
    *,
    wait: bool = True,
) -> AwsResource:
    """Return what was just created as AWS shows it, which for some seconds it may not: it is eventually consistent.

    Without *wait* it is read once only.

    Raises:
        PartialCreateError: If AWS does not show it in time, so that the next update reads it again.
    """
    seen: list[AwsResource] = []
    action = f"reading {label} ({id_})"

    def is_shown() -> bool:
        seen.extend(found for found in [read(aws, id_, news)] if found)
        return bool(seen)

    try:
        if not aws.poll(action, is_shown, seconds=aws.retry_seconds if wait else 0):
            raise PluginError(f"{action}: couldn't find resource")  # noqa: TRY301 - reported like a read that fails
    except PluginError as error:
        raise PartialCreateError(id_, news, lambda: read(aws, id_, news), error) from error
    return seen[0]


@dataclass(frozen=True)
class ResourceType:
    """One resource type of the plugin."""

    token: str
    label: str
    """What the provider's messages call it: "IAM Role"."""
    inputs: Mapping[str, Property]
    outputs: Sequence[str]
    """Properties that only AWS sets."""
    create: Callable[[Aws, Values], AwsResource]
    read: Callable[[Aws, str, Values], AwsResource | None]
    delete: Callable[[Aws, str, Values], None]
    update: Callable[[Aws, str, Values, Values], Values] | None = None
    """Called with the id, the old state and the new inputs; None where every change replaces."""
    autoname: AutoName | None = None
    delete_before_replace: bool = False
    """Whether a replacement always deletes first, whatever the name."""
    tagged: bool = False
    regional: bool = False
    unknown_on_update: Sequence[str] = ()
    """Outputs whose value a preview of an update cannot know."""
    plugin_framework: bool = False
    """Whether the official provider builds it on Terraform's plugin framework instead of its older SDK.

    Such a type computes `tagsAll` in the plan instead of in Check, and has no `__defaults`.
    """
    not_returned: Sequence[str] = field(default=())
    """Inputs that AWS does not keep: their state is what the program said."""
