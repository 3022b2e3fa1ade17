"""What only one component of a program may own: the agent of a cluster, a role name, an association.

AWS refuses a second one in the middle of an update, and its message names neither component. Here it is refused at
preview, with both names.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import pulumi

from eks_pod_identity.errors import Path, Problem
from pulumi_eks_pod_identity._run.outputs import has_outputs
from pulumi_eks_pod_identity._run.program import get_for_run, inside_plugin


class Claim(NamedTuple):
    """Something that only one component may own.

    Attributes:
        path: The argument that asks for it.
        resource_type: What it is, such as "role".
        identity: What identifies it among others of its type. Parts may be outputs: the same output counts as the same
            value.
        rule: What is wrong if another component, {owner}, owns it.
        fix: What to do about it.
    """

    path: Path
    resource_type: str
    identity: tuple[object, ...]
    rule: str
    fix: str


@dataclass
class _Owners:
    """The owners of what was claimed in this run."""

    owners: dict[tuple[Hashable, ...], tuple[object, str]] = field(
        default_factory=dict[tuple[Hashable, ...], tuple[object, str]]
    )
    # An output is identified by its id, which is valid only while its object lives.
    outputs: list[object] = field(default_factory=list[object])

    def claim(self, claim: Claim, claimant: object, subject: str) -> Problem | None:
        key = (claim.resource_type, *(self._key(part) for part in claim.identity))
        owner, name = self.owners.setdefault(key, (claimant, subject))
        if owner is claimant:
            return None
        name = f"Another {name}" if name == subject else name
        return Problem(claim.path, claim.rule.replace("{owner}", name), claim.fix)

    def _key(self, part: object) -> Hashable:
        if not has_outputs(part):
            return str(part)
        self.outputs.append(part)
        return id(part)


def claim_all(claims: Iterable[Claim], claimant: object, subject: str) -> list[Problem]:
    """Record that *claimant* owns everything in *claims*; return a problem for each that another component owns.

    *claimant* is one object per component, and *subject* is the component as errors name it.
    """
    claimed = list(claims)
    if not claimed:
        return []  # an add-on's association claims nothing, and needs no engine
    owners = get_for_run(_Owners)
    return [problem for claim in claimed if (problem := owners.claim(claim, claimant, subject)) is not None]


def provider_identity(provider: pulumi.ProviderResource | None) -> object:
    """Return what identifies a provider: its object, or its URN in a plugin, where each component has new objects."""
    if provider is None:
        return ""
    return provider.urn if inside_plugin.get() else id(provider)
