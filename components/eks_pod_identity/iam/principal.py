"""Who a trust statement speaks of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.iam.wildcards import has_wildcard

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

    @property
    def names(self) -> tuple[str, ...]:
        """Return all known principals, whatever their kind."""
        return tuple(name for names in self.by_kind.values() for name in names)

    @property
    def include_everyone(self) -> bool:
        """Whether nobody is left out: `"*"` and `{"AWS": "*"}` mean the same to IAM."""
        return not self.negated and (self.everyone or "*" in self.of("AWS"))

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
        listed = cast("list[object]", names) if isinstance(names, list) else [names]
        if UNKNOWN in listed:
            open_kinds.add(kind)
        faults.extend(_faults(kind, listed))
        by_kind[kind] = tuple(name for name in listed if isinstance(name, str) and name)
    return Principals(negated=negated, by_kind=by_kind, open_kinds=frozenset(open_kinds)), faults


def _faults(kind: str, names: list[object]) -> Iterator[str]:
    if not names:
        yield f"{kind} names nobody"
    for name in names:
        if isinstance(name, str) and name:
            if has_wildcard(name) and name != "*":
                yield f'{kind} has a wildcard inside {quoted(name)}; only a whole "*" is taken'
        elif name is not UNKNOWN:
            yield f"{kind} must be text or a list of texts"
