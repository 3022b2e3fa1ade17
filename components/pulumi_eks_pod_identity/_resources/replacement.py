"""The order in which a role and its policies are replaced.

The AWS provider deletes a resource with an explicit name before it creates the replacement, even if the name changes.
The association would name a missing role until the new one exists, and running pods would lose their permissions. So
the new role, its policies and attachments are created first, then the association moves, and the old ones are deleted
last. Only a role that moves to another path under the same name must be deleted first: role names are unique in an
account.
"""

import copy
from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_eks_pod_identity._run.hooks import hooks


def create_before_delete(opts: pulumi.ResourceOptions, name_argument: str | None = None) -> pulumi.ResourceOptions:
    """Return the options of a resource that is created before the one it replaces is deleted.

    With *name_argument*, the resource is a role that the user names, and whether the name changes follows from the
    component's previous inputs. The engine reports these only while resources are registered, so a transform decides.
    """
    copied = copy.copy(opts)
    copied.delete_before_replace = False
    component = opts.parent
    if component is None or name_argument is None:
        return copied

    async def decide(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        earlier = await hooks().earlier.of(component)
        if earlier is None or not _only_moves(earlier, args.props, name_argument):
            return None  # the SDK sends only true, so false must stay as it was registered
        moved = copy.copy(args.opts)
        moved.delete_before_replace = True
        return pulumi.ResourceTransformResult(args.props, moved)

    copied.transforms = [decide]
    return copied


def _only_moves(earlier: Mapping[str, Any], props: Mapping[str, Any], name_argument: str) -> bool:
    return earlier.get(name_argument) == props.get("name") and (earlier.get("rolePath") or "/") != (
        props.get("path") or "/"
    )
