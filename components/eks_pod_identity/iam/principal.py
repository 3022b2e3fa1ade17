"""The principals of a trust statement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from eks_pod_identity.errors import quote
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.iam.wildcards import has_wildcard

TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(frozen=True, slots=True)
class Principals:
    """The principals of one statement by type; *everyone* is the bare `"*"`."""

    everyone: bool = False
    negated: bool = False
    by_type: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    open_types: frozenset[str] = frozenset()

    def of(self, principal_type: str) -> tuple[str, ...]:
        """Return the known principals of *principal_type*."""
        return self.by_type.get(principal_type, ())

    @property
    def names(self) -> tuple[str, ...]:
        """Return all known principals, of any type."""
        return tuple(name for names in self.by_type.values() for name in names)

    @property
    def include_everyone(self) -> bool:
        """Return whether everyone is included: `"*"` and `{"AWS": "*"}` mean the same to IAM."""
        return not self.negated and (self.everyone or "*" in self.of("AWS"))

    def is_open(self, principal_type: str) -> bool:
        """Return whether there may be more principals of *principal_type* that are not known yet."""
        return principal_type in self.open_types


def principals_of(value: object, *, negated: bool) -> tuple[Principals, list[str]]:
    """Return a parsed `Principal` element, and its faults."""
    if value is UNKNOWN:
        return Principals(negated=negated, open_types=frozenset(TYPES)), []
    if isinstance(value, str):
        return Principals(everyone=value == "*", negated=negated), [] if value == "*" else ['must be an object or "*"']
    if not isinstance(value, Mapping):
        return Principals(negated=negated), ['must be an object or "*"']
    faults: list[str] = [] if value else ["names nobody"]
    by_type: dict[str, tuple[str, ...]] = {}
    open_types: set[str] = set()
    for principal_type, names in cast("Mapping[object, object]", value).items():
        if not isinstance(principal_type, str) or principal_type not in TYPES:
            faults.append(
                f"has the type {quote(str(principal_type))} and not one of AWS, Service, Federated and CanonicalUser"
            )
            continue
        listed = cast("list[object]", names) if isinstance(names, list) else [names]
        if UNKNOWN in listed:
            open_types.add(principal_type)
        faults.extend(_faults(principal_type, listed))
        by_type[principal_type] = tuple(name for name in listed if isinstance(name, str) and name)
    return Principals(negated=negated, by_type=by_type, open_types=frozenset(open_types)), faults


def _faults(principal_type: str, names: list[object]) -> Iterator[str]:
    if not names:
        yield f"{principal_type} names nobody"
    for name in names:
        if isinstance(name, str) and name:
            if has_wildcard(name) and name != "*":
                yield f'{principal_type} has a wildcard inside {quote(name)}; only "*" by itself is accepted'
        elif name is not UNKNOWN:
            yield f"{principal_type} must be a string or a list of strings"
