"""Makes dependents wait until an association has taken effect, and nothing else.

A hook only records when an association was created or changed. A hook that slept would hold up the whole update: while
it runs, the engine keeps the resource's state locked and cannot save other resources, and it runs only as many hooks
at once as it has workers. Here, all associations of a program wait at the same time.
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
        """Return *urn* once its last change is *seconds* ago, or at once if it was not changed in this run."""
        changed = self.times.get(urn)
        if changed is not None:
            await asyncio.sleep(max(0.0, changed + seconds - time.monotonic()))
        return urn


class PropagatedAssociation(aws.eks.PodIdentityAssociation):
    """An association whose dependents wait until it has taken effect.

    Dependents of a resource wait for its URN, whether they use *depends_on*, the parent component or an output. So the
    URN resolves late; the association's own outputs do not.
    """

    # Not annotated: the SDK builds a class for annotations of a resource class at every registration.
    _late_urn = cast("pulumi.Output[str] | None", None)

    @property
    def urn(self) -> pulumi.Output[str]:
        """Return the URN, once the association has taken effect."""
        return super().urn if self._late_urn is None else self._late_urn

    def delay(self, changes: AssociationChanges, seconds: int) -> None:
        """Delay the URN until the last of *changes* is *seconds* ago. A preview does not wait."""
        if seconds and not pulumi.runtime.is_dry_run():
            self._late_urn = super().urn.apply(lambda urn: changes.wait(urn, seconds))
