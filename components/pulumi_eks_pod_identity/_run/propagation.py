"""The time until an association takes effect: whatever depends on it waits, and nothing else does.

A hook records when an association was created or changed, and does nothing more. A hook that slept would hold up the
whole update: while one runs, the engine keeps the state of its resource locked and so can save no other resource, and
it runs no more hooks at once than it has workers. Waiting here, all associations of a program wait at the same time.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast

import pulumi
import pulumi_aws as aws


@dataclass
class AssociationChanges:
    """When each association of a run was created or changed, by URN."""

    times: dict[str, float] = field(default_factory=dict[str, float])

    def record(self, args: pulumi.ResourceHookArgs) -> None:
        """Record that the resource of a hook was changed just now."""
        self.times[args.urn] = time.monotonic()

    async def wait(self, urn: str, seconds: int) -> str:
        """Return *urn* when its last change is *seconds* ago: at once for what was not changed in this run."""
        changed = self.times.get(urn)
        if changed is not None:
            await asyncio.sleep(max(0.0, changed + seconds - time.monotonic()))
        return urn


class PropagatedAssociation(aws.eks.PodIdentityAssociation):
    """An association that others can depend on when it has taken effect.

    What depends on a resource waits for its URN, be it through *depends_on*, through the component it belongs to, or
    through an output. So the URN arrives late; the outputs of the association itself do not.
    """

    # Without an annotation: for those of a resource class, the SDK builds a class anew each time one is registered.
    _late_urn = cast("pulumi.Output[str] | None", None)

    @property
    def urn(self) -> pulumi.Output[str]:
        """Return the URN, once the association has taken effect."""
        return super().urn if self._late_urn is None else self._late_urn

    def delay(self, changes: AssociationChanges, seconds: int) -> None:
        """Let the URN arrive when the last of *changes* is *seconds* ago. At preview there is nothing to wait for."""
        if seconds and not pulumi.runtime.is_dry_run():
            self._late_urn = super().urn.apply(lambda urn: changes.wait(urn, seconds))
