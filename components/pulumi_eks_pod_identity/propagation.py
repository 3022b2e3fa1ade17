"""The time that an association takes to take effect: whoever depends on it waits, and nobody else.

A hook tells when an association was created or changed, and only tells it. A hook that slept would hold up the whole
update: while one runs, the engine keeps the state of its resource locked and so can save no other resource, and it runs
no more hooks at once than it has workers. Waiting here, all associations of a program wait at the same time.
"""

import asyncio
import time
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws


@dataclass
class Changes:
    """When each association of a run was created or changed, by URN."""

    times: dict[str, float] = field(default_factory=dict[str, float])

    def note(self, args: pulumi.ResourceHookArgs) -> None:
        """Note that the resource of a hook was changed just now."""
        self.times[args.urn] = time.monotonic()

    async def settled(self, urn: str, seconds: int) -> str:
        """Return *urn* when its last change is *seconds* ago: at once for what was not changed in this run."""
        changed = self.times.get(urn)
        if changed is not None:
            await asyncio.sleep(max(0.0, changed + seconds - time.monotonic()))
        return urn


class SettledAssociation(aws.eks.PodIdentityAssociation):
    """An association that others can depend on when it has taken effect.

    What depends on a resource waits for its URN, be it through *depends_on*, through the component it belongs to, or
    through an output. So it is the URN that comes late; the outputs of the association itself do not.
    """

    _settled_urn: pulumi.Output[str] | None = None

    @property
    def urn(self) -> pulumi.Output[str]:
        """The URN, once the association has taken effect."""
        return super().urn if self._settled_urn is None else self._settled_urn

    def hold_back(self, changes: Changes, seconds: int) -> None:
        """Let the URN come when the last of *changes* is *seconds* ago. At preview there is nothing to wait for."""
        if seconds and not pulumi.runtime.is_dry_run():
            self._settled_urn = super().urn.apply(lambda urn: changes.settled(urn, seconds))
