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


def create_before_delete(opts: pulumi.ResourceOptions, *, has_given_name: bool = False) -> pulumi.ResourceOptions:
    """Return the options of a resource that is created before the one it replaces is deleted.

    With *has_given_name*, the resource is a role, and whether its name changes follows from the component's previous
    inputs. The engine reports these only while resources are registered, so a transform decides.
    """
    copied = copy.copy(opts)
    copied.delete_before_replace = False
    component = opts.parent
    if component is None or not has_given_name:
        return copied

    async def decide(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        earlier = await hooks().earlier.of(component)
        if earlier is None or not _only_moves(earlier, args.props):
            return None  # the SDK sends only true, so false must stay as it was registered
        moved = copy.copy(args.opts)
        moved.delete_before_replace = True
        return pulumi.ResourceTransformResult(args.props, moved)

    copied.transforms = [decide]
    return copied


def _only_moves(earlier: Mapping[str, Any], role: Mapping[str, Any]) -> bool:
    """Return whether a role keeps the name of the previous run and gets another path."""
    same_name = earlier.get("roleName") == role.get("name")
    return same_name and (earlier.get("rolePath") or "/") != (role.get("path") or "/")
