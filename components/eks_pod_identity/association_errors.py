"""What AWS answers when it refuses an association, and what is to be done about it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

ASSOCIATION_TYPE = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

_EXISTS = re.compile(r"Association already exists:?\s*(?P<id>[a-z]+-[a-z0-9]+)?", re.IGNORECASE)
_PROPAGATING = re.compile(r"Role provided in the request does not exist|Trust policy of the role provided is invalid")

_EXISTS_ATTEMPTS = 3
_PROPAGATING_ATTEMPTS = 8
_SECONDS = 2.0


class Advice(NamedTuple):
    """What to do about a refusal: try again after some time, or tell the user something."""

    retry_after_seconds: float | None = None
    text: str = ""


def advice(errors: Sequence[str], *, cluster: str, urn: str, parent: str) -> Advice:
    """Judge a refused association by the *errors* of all attempts so far, newest first.

    Roles and associations take seconds to be seen everywhere. A role that was just made "does not exist" or has an
    "invalid" trust for a while, and an association that was just deleted still "exists"
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
    """
    newest = errors[0] if errors else ""
    if _PROPAGATING.search(newest):
        return Advice(_SECONDS) if len(errors) < _PROPAGATING_ATTEMPTS else Advice()
    match = _EXISTS.search(newest)
    if match is None:
        return Advice()
    if len(errors) < _EXISTS_ATTEMPTS:
        return Advice(_SECONDS)
    found = match.group("id")
    known = found or "ASSOCIATION_ID"
    lookup = "" if found else " Its id is printed by: aws eks list-pod-identity-associations --cluster-name " + cluster
    name = urn.rsplit("::", 1)[-1]
    return Advice(
        text=f'The association {known} exists already on the cluster "{cluster}", made by somebody else or by an earlier '
        f"program.{lookup} To adopt it, keep the program as it is and run:\n"
        f"  pulumi import {ASSOCIATION_TYPE} {name} {cluster},{known} --parent {parent}={parent_urn(urn, parent)} "
        "--protect=false --generate-code=false --yes\n"
        "then `pulumi up` again. Or delete it:\n"
        f"  aws eks delete-pod-identity-association --cluster-name {cluster} --association-id {known}"
    )


def parent_urn(urn: str, parent: str) -> str:
    """Return the URN of the component called *parent* from the URN of its child."""
    head, types, _ = urn.rsplit("::", 2)
    return f"{head}::{types.rsplit('$', 1)[0]}::{parent}"
