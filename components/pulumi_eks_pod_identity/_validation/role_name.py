"""Default names of roles: readable, known at preview, and unique to a component."""

import pulumi

from eks_pod_identity.values import names
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all


def default_role_name(
    component: str,
    role_name: ValueOrOutput[str] | None,
    *scope: ValueOrOutput[str | None],
    path: ValueOrOutput[str] | None = None,
) -> ValueOrOutput[str]:
    """Return *role_name*, or a name built from the component and its *scope*, the cluster and the region.

    Role names are unique in an account. A hash of project, stack and component keeps two stacks apart, for example of
    two pull requests. The path is part of the hash: a role that moves to another path gets another name, so the new
    one can be created before the old one is deleted.
    """
    if isinstance(role_name, str):
        return role_name
    project, stack = pulumi.get_project(), pulumi.get_stack()

    def build(role_name: str | None, path: str | None, *scope: str | None) -> str:
        parts = [part for part in scope if part]
        return role_name or names.default_role_name(
            component, *parts, unique=(project, stack, component, *parts, *([path] if path and path != "/" else []))
        )

    return apply_all(build, role_name, path, *scope)
