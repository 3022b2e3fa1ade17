"""Errors from AWS that refuse an association, and what to do about them."""

import re
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from eks_pod_identity.errors import quote

ASSOCIATION_TYPE = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

_EXISTS = re.compile(r"Association already exists:?\s*(?P<id>[a-z]+-[a-z0-9]+)?", re.IGNORECASE)
_TRUST_PROPAGATING = re.compile(r"Trust policy of the role provided is invalid")

_EXISTS_ATTEMPTS = 11
"""An association that was just deleted, as in a replacement, still exists for some seconds."""

_TRUST_ATTEMPTS = 31
"""IAM takes up to a minute, and the provider does not retry this error. For a role that does not exist the provider
itself waits two minutes, so that error is not retried here."""

_SECONDS = 2.0


class Advice(NamedTuple):
    """What to do about a refusal: retry after some time, or print a text."""

    retry_after_seconds: float | None = None
    text: str = ""


def advice(errors: Sequence[str], *, cluster: str, region: str, urn: str, name: str, parent: str) -> Advice:
    """Judge a refused association by the *errors* of all attempts so far, newest first.

    Changes to roles and associations take seconds to propagate. The trust policy of a new role is "invalid" for a
    while, and an association that was just deleted still "exists"
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).

    Args:
        errors: The errors from AWS.
        cluster: Name of the cluster.
        region: Region of the association, if it is not that of the provider.
        urn: URN of the association.
        name: Its name in the program.
        parent: Name of its component in the program.
    """
    newest = errors[0] if errors else ""
    if _TRUST_PROPAGATING.search(newest):
        return Advice(_SECONDS) if len(errors) < _TRUST_ATTEMPTS else Advice()
    match = _EXISTS.search(newest)
    if match is None:
        return Advice()
    if len(errors) < _EXISTS_ATTEMPTS:
        return Advice(_SECONDS)
    return Advice(text=_adoption(match.group("id"), cluster=cluster, region=region, urn=urn, name=name, parent=parent))


def _adoption(association_id: str | None, *, cluster: str, region: str, urn: str, name: str, parent: str) -> str:
    known = association_id or "ASSOCIATION_ID"
    in_region = ["--region", region] if region else []
    listing = ["aws", "eks", "list-pod-identity-associations", "--cluster-name", cluster, *in_region]
    lookup = "" if association_id else f" Its id is printed by: {shlex.join(listing)}"
    import_id = f"{cluster},{known}" + (f"@{region}" if region else "")
    adopt = [
        "pulumi",
        "import",
        ASSOCIATION_TYPE,
        name,
        import_id,
        "--parent",
        f"{parent}={parent_urn(urn, name, parent)}",
    ]
    adopt += ["--protect=false", "--generate-code=false", "--yes"]
    delete = ["aws", "eks", "delete-pod-identity-association", "--cluster-name", cluster, "--association-id", known]
    return (
        f"The association {known} already exists on the cluster {quote(cluster)}, created by someone else or by an "
        f"earlier program.{lookup} If this program created it before a component was renamed, run neither command "
        "below, because both end in its deletion: give the component its old name as an alias (pulumi.Alias). "
        "Otherwise adopt it: keep the program as it is and run:\n"
        f"  {shlex.join(adopt)}\n"
        "then `pulumi up` again. Or delete it:\n"
        f"  {shlex.join([*delete, *in_region])}"
    )


def parent_urn(urn: str, name: str, parent: str) -> str:
    """Return the URN of the component called *parent* from the URN of its child called *name*."""
    head, types = urn.removesuffix(f"::{name}").rsplit("::", 1)
    return f"{head}::{types.rsplit('$', 1)[0]}::{parent}"
