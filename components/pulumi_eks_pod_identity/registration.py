"""How a component registers its AWS resources: with the properties it uses, and as made where the component is.

The classes of the AWS SDK make an output, of four futures, for every property that a resource could have, and every
constructor in between is a frame of the call stack that the engine keeps with each resource. State is written anew at
every step of an update, so its size is the time that an update takes. A resource that is registered here has the outputs
that are asked for, and its source position is the line where the program makes the component.
"""

from typing import Any, TypeVar, cast

import pulumi
from pulumi_aws import _utilities  # pyright: ignore[reportPrivateUsage] # the SDK's version, spelled for the engine

R = TypeVar("R", bound=pulumi.CustomResource)


def register(
    kind: type[R],
    name: str,
    properties: object,
    opts: pulumi.ResourceOptions,
    *,
    outputs: tuple[str, ...] = (),
) -> R:
    """Register a resource of the AWS SDK's class *kind*.

    Args:
        kind: The class that the resource is an instance of.
        name: Its name in the program.
        properties: Its inputs: an instance of the SDK's arguments of *kind*. Each given one is an output as well.
        opts: Its options.
        outputs: Which other properties will be asked for. All that are not named are None.

    Returns:
        The resource, registered exactly as if it had been constructed.
    """
    values: dict[str, Any] = vars(properties)
    # A transformation of the program's may look at the tags that it is about to add to.
    for output in ("tags", *outputs) if hasattr(kind, "tags") else outputs:
        values.setdefault(output)
    opts.version = _utilities.get_version()
    resource = kind.__new__(kind)
    # The SDK takes the third `__init__` from here for the class of the resource, and keeps what called it: the class's
    # own is left out, so that is the component's.
    pulumi.CustomResource.__init__(resource, pulumi.get_type_token(kind) or "", name, cast("Any", properties), opts)
    return resource
