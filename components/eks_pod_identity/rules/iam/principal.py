"""Who a trust statement speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from eks_pod_identity.rules.unknown import UNKNOWN

KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(frozen=True, slots=True)
class Principals:
    """The principals of one statement by kind; *everyone* is the bare `"*"`."""

    everyone: bool = False
    negated: bool = False
    by_kind: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    open_kinds: frozenset[str] = frozenset()

    def of(self, kind: str) -> tuple[str, ...]:
        """The known principals of *kind*."""
        return self.by_kind.get(kind, ())

    def is_open(self, kind: str) -> bool:
        """Whether further principals of *kind* are not known yet."""
        return kind in self.open_kinds


def principals_of(value: object, *, negated: bool) -> tuple[Principals, list[str]]:
    """Read a `Principal` element; the second part says what is malformed in it."""
    if value is UNKNOWN:
        return Principals(negated=negated, open_kinds=frozenset(KINDS)), []
    if isinstance(value, str):
        return Principals(everyone=value == "*", negated=negated), [] if value == "*" else ['must be an object or "*"']
    if not isinstance(value, Mapping):
        return Principals(negated=negated), ['must be an object or "*"']
    faults: list[str] = [] if value else ["names nobody"]
    by_kind: dict[str, tuple[str, ...]] = {}
    open_kinds: set[str] = set()
    for kind, names in cast("Mapping[object, object]", value).items():
        if not isinstance(kind, str) or kind not in KINDS:
            faults.append("has a kind that is none of AWS, Service, Federated and CanonicalUser")
            continue
        known: list[str] = []
        for name in cast("list[object]", names) if isinstance(names, list) else [names]:
            if name is UNKNOWN:
                open_kinds.add(kind)
            elif isinstance(name, str) and name:
                known.append(name)
            else:
                faults.append(f"{kind} must be text or a list of texts")
        if isinstance(names, list) and not names:
            faults.append(f"{kind} names nobody")
        by_kind[kind] = tuple(known)
    return Principals(negated=negated, by_kind=by_kind, open_kinds=frozenset(open_kinds)), faults
