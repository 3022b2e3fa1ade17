"""PI205: several workloads with one role, and no session policy to tell them apart."""

from collections import defaultdict
from collections.abc import Iterator

from eks_pod_identity.errors import listed
from eks_pod_identity.rules.resource import ASSOCIATION, Resource
from eks_pod_identity.rules.stack.graph import Stack
from eks_pod_identity.rules.stack.located import Located, found


def sharing_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge each role that more than one association uses, once."""
    users: dict[str, list[Resource]] = defaultdict(list)
    for association in stack.of(ASSOCIATION):
        role = stack.role(association, "roleArn").resource
        key = role.urn if role is not None else association.text("roleArn")
        if key:
            users[key].append(association)
    for associations in users.values():
        bare = [one for one in associations if one.get("policy") in (None, "")]
        if len(associations) > 1 and bare:
            names = listed([one.name for one in bare])
            yield found(
                "PI205",
                bare[0],
                f"shares its role with {len(associations) - 1} more, and these have no session policy: {names}.",
            )
