"""The condition operators of IAM: how each compares a request value with a policy value.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import datetime as dt
import enum
import functools
import ipaddress
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from eks_pod_identity.iam.wildcards import is_everything, matches

_ARN_COLONS = 5
_ARN_PARTS = 6
_MONTH = re.compile(r"\d{4}-\d{2}")


class Family(enum.Enum):
    """What an operator compares."""

    STRING = "string"
    ARN = "arn"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    BINARY = "binary"
    ADDRESS = "address"
    NULL = "null"


Comparison = Callable[[str, str], bool | None]
"""Compares the actual with the wanted value; None if AWS does not define it or the wanted value is malformed."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator, parsed."""

    family: Family
    compare: Comparison
    negated: bool = False
    wildcards: bool = False
    ignores_case: bool = False
    quantifier: str = ""
    if_exists: bool = False

    @property
    def takes_variables(self) -> bool:
        """Return whether policy variables expand in the values: String and Arn operators only."""
        return self.family in (Family.STRING, Family.ARN)

    @property
    def when_absent(self) -> bool:
        """Return the answer for a request without the key."""
        if self.if_exists or self.quantifier == "forallvalues":
            return True
        return self.negated and self.quantifier != "foranyvalue"


def _equal(seen: str, wanted: str) -> bool:
    return seen == wanted


def _equal_ignoring_case(seen: str, wanted: str) -> bool:
    return seen.casefold() == wanted.casefold()


def _like(seen: str, wanted: str) -> bool:
    return matches(wanted, seen)


def arn_like(seen: str, wanted: str) -> bool:
    """Compare two ARNs part by part, each part with its own wildcards; a single star matches any ARN."""
    if is_everything(wanted):
        return True
    wanted_parts = wanted.split(":", _ARN_COLONS)
    seen_parts = seen.split(":", _ARN_COLONS)
    if len(seen_parts) < _ARN_PARTS or len(wanted_parts) < _ARN_PARTS:
        return False
    return all(map(matches, wanted_parts, seen_parts))


@functools.lru_cache(maxsize=1024)
def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@functools.lru_cache(maxsize=1024)
def _moment(text: str) -> float | None:
    """Return the seconds of an ISO 8601 date, or of a number of seconds since 1970."""
    number = _number(text)
    if number is not None:
        return number
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def _compare_order(
    read: Callable[[str], float | None], holds: Callable[[float, float], bool], seen: str, wanted: str
) -> bool | None:
    left, right = read(seen), read(wanted)
    return None if left is None or right is None else holds(left, right)


def _bool(seen: str, wanted: str) -> bool | None:
    return seen.lower() == wanted.lower() if wanted.lower() in ("true", "false") else None


@functools.lru_cache(maxsize=1024)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _in_network(seen: str, wanted: str) -> bool | None:
    network = _network(wanted)
    if network is None:
        return None
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return False
    return address.version == network.version and address in network


def is_number(text: str) -> bool:
    """Return whether Numeric operators can compare *text*."""
    return _number(text) is not None


def is_date(text: str) -> bool:
    """Return whether Date operators can compare *text*: a date, a month, or seconds since 1970."""
    return _moment(text) is not None or _MONTH.fullmatch(text) is not None


def is_address_range(text: str) -> bool:
    """Return whether IpAddress and NotIpAddress can compare *text*."""
    return _network(text) is not None


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}

_POSITIVE = {
    "stringequals": Operator(Family.STRING, _equal),
    "stringequalsignorecase": Operator(Family.STRING, _equal_ignoring_case, ignores_case=True),
    "stringlike": Operator(Family.STRING, _like, wildcards=True),
    "arnequals": Operator(Family.ARN, arn_like, wildcards=True),
    "arnlike": Operator(Family.ARN, arn_like, wildcards=True),
    "bool": Operator(Family.BOOL, _bool),
    "binaryequals": Operator(Family.BINARY, _equal),
    "ipaddress": Operator(Family.ADDRESS, _in_network),
    "null": Operator(Family.NULL, _equal),
    **{
        f"numeric{name}": Operator(Family.NUMBER, partial(_compare_order, _number, holds))
        for name, holds in _ORDERS.items()
    },
    **{
        f"date{name}": Operator(Family.DATE, partial(_compare_order, _moment, holds))
        for name, holds in _ORDERS.items()
    },
}
_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
}
_QUANTIFIERS = ("forallvalues", "foranyvalue")


@functools.lru_cache(maxsize=512)
def operator_of(text: str) -> Operator | None:
    """Return the operator that *text* names, or None if IAM has no such operator."""
    quantifier, colon, name = text.lower().rpartition(":")
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    base = _POSITIVE.get(_NEGATED.get(name, name))
    if base is None or (colon and quantifier not in _QUANTIFIERS):
        return None
    if base.family is Family.NULL and (colon or if_exists):
        return None
    return replace(base, negated=name in _NEGATED, quantifier=quantifier, if_exists=if_exists)
