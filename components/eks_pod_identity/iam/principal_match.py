"""How the principals of a statement name a caller.

It makes a difference: a resource policy that names a session grants on its own, one that names the role is limited by
the boundary and the session policy, and one that names the account delegates to the account's own policies.
"""

import enum

from eks_pod_identity.iam.possible import Open, Text, may_equal
from eks_pod_identity.iam.principal import Principals
from eks_pod_identity.iam.request import Caller


class Naming(enum.Enum):
    """The ways to name a caller, from the closest to the widest."""

    SERVICE = "service"
    SESSION = "session"
    ROLE = "role"
    EVERYONE = "everyone"
    ACCOUNT = "account"


def named_as(principals: Principals, caller: Caller) -> dict[Naming, bool | None]:
    """Return the ways in which *principals* name *caller*; None for one that depends on unknown values."""
    if principals.negated:
        return {}
    namings: dict[Naming, bool | None] = {}
    if principals.include_everyone:
        namings[Naming.EVERYONE] = True
    if caller.service:
        if caller.service in principals.of("Service"):
            namings[Naming.SERVICE] = True
        return namings
    for name in principals.of("AWS"):
        for naming, text in ((Naming.ROLE, caller.role_arn), (Naming.SESSION, caller.session_arn)):
            _add(namings, naming, _is(text, name))
        _add(namings, Naming.ACCOUNT, _is_account(caller.account, name))
    if principals.of("CanonicalUser"):
        # The account may be given by an id that no document contains.
        _add(namings, Naming.ACCOUNT, None)
    return namings


def _add(namings: dict[Naming, bool | None], naming: Naming, holds: bool | None) -> None:
    if holds is not False and not namings.get(naming):
        namings[naming] = holds


def _is(text: Text, name: str) -> bool | None:
    return may_equal(text, name) if isinstance(text, Open) else bool(text) and text == name


def _is_account(account: Text, name: str) -> bool | None:
    if name.startswith("arn:"):
        parts = name.split(":", 5)
        if len(parts) < 6 or parts[2] != "iam" or parts[5] != "root":  # noqa: PLR2004 - an ARN
            return False
        name = parts[4]
    return _is(account, name)
