"""Parses policy documents into statements and a list of problems. Never raises."""

import collections
import dataclasses
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, cast

from eks_pod_identity.errors import quote
from eks_pod_identity.iam.condition import Condition
from eks_pod_identity.iam.principal import principals_of
from eks_pod_identity.iam.statement import Statement, Terms
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.values.plain_data import DEEPEST

LONGEST_TEXT = 131_072
"""The most characters that the IAM API accepts for any policy document (botocore, iam/2010-05-08)."""

_BYTE_ORDER_MARK = "\ufeff"
_STATEMENT_LOCATION = re.compile(r"Statement(\[\d+\])?(?=\.|$)")
_VERSIONS = ("2012-10-17", "2008-10-17")
DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A malformed part: its location, and a sentence about it."""

    location: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed policy document.

    *open_statements* are the locations of statements that are not known yet; *source* is the input, as plain data or,
    if it is not JSON, as text.
    """

    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()
    open_statements: tuple[str, ...] = ()
    is_open: bool = False
    source: object = ""

    @property
    def compact(self) -> str:
        """Return the shortest JSON of what is known."""
        return self.source if isinstance(self.source, str) else _compact_text(self.source)

    @property
    def expands_variables(self) -> bool | None:
        """Return whether policy variables expand.

        They do only in Version 2012-10-17; None if the version is not known.
        """
        source = self.source
        version = cast("Mapping[object, object]", source).get("Version") if isinstance(source, Mapping) else None
        return None if version is UNKNOWN else version == _VERSIONS[0]

    def refused_locations(self) -> frozenset[str]:
        """Return the locations of statements that IAM would refuse, whose meaning is open; "" is the document.

        A Sid has no effect, and some services accept more in it than IAM does.
        """
        locations = [problem.location for problem in self.problems if not problem.location.endswith(".Sid")]
        matches = [_STATEMENT_LOCATION.match(location) for location in locations]
        return frozenset(match.group() if match else "" for match in matches)

    @property
    def is_complete(self) -> bool:
        """Return whether every statement is known."""
        return not self.is_open and not self.open_statements


def parse(source: object) -> Document:
    """Read *source*: JSON text, plain data, or UNKNOWN anywhere within either."""
    if source is UNKNOWN:
        return Document(is_open=True)
    if isinstance(source, str):
        if len(source) > LONGEST_TEXT:
            return Document(
                problems=(Problem("", f"is longer than the {LONGEST_TEXT:,} characters that IAM accepts"),)
            )
        return _read(source)
    return _parse_limited(source)


@functools.lru_cache(maxsize=64)
def _read(text: str) -> Document:
    """Read JSON text. It is cached, because several rules read the same text and many roles have the same."""
    repeated: dict[str, None] = {}

    def record_repeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
        values = dict(pairs)
        if len(values) < len(pairs):
            counts = collections.Counter(key for key, _ in pairs)
            repeated.update((key, None) for key, count in counts.items() if count > 1)
        return values

    if text.startswith(_BYTE_ORDER_MARK):
        return Document(problems=(Problem("", "begins with a byte order mark, which is not JSON"),), source=text)
    try:
        source = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=record_repeated)
    except json.JSONDecodeError as error:
        text_of_problem = f"is not JSON (line {error.lineno}, column {error.colno})"
        return Document(problems=(Problem("", text_of_problem),), source=text)
    except (ValueError, RecursionError):
        return Document(problems=(Problem("", "is not readable JSON"),), source=text)
    may_be_deep = text.count("{") + text.count("[") > DEEPEST
    document = _parse_limited(source) if may_be_deep else _parse_data(source)
    lost = tuple(Problem("", f"has {quote(key)} twice in one object, and one of them is lost") for key in repeated)
    return dataclasses.replace(document, problems=(*lost, *document.problems)) if lost else document


def _parse_limited(source: object) -> Document:
    if _is_too_deep(source):
        return Document(problems=(Problem("", f"is nested deeper than {DEEPEST} levels"),))
    return _parse_data(source)


def _parse_data(source: object) -> Document:
    if not isinstance(source, Mapping):
        return Document(problems=(Problem("", "is not a JSON object"),), source=source)
    return _document(cast("Mapping[object, object]", source))


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def _is_too_deep(source: object) -> bool:
    level = [source]
    for _ in range(DEEPEST):
        deeper: list[object] = []
        for value in level:
            if isinstance(value, Mapping):
                deeper.extend(cast("Mapping[object, object]", value).values())
            elif isinstance(value, list):
                deeper.extend(cast("list[object]", value))
        if not deeper:
            return False
        level = deeper
    return True


def _compact_text(source: object) -> str:
    try:
        return json.dumps(source, separators=(",", ":"), ensure_ascii=False, default=lambda _: "")
    except (TypeError, ValueError):
        return ""


def _document(source: Mapping[object, object]) -> Document:
    problems = [
        Problem("", f"has the element {quote(key)}, which policies do not have")
        for key in source
        if key not in DOCUMENT_ELEMENTS
    ]
    version = source.get("Version", _VERSIONS[0])
    if version is not UNKNOWN and version not in _VERSIONS:
        problems.append(Problem("Version", f"{_actual_value(version)}must be {quote(_VERSIONS[0])}"))
    raw = source.get("Statement", [])
    if raw is UNKNOWN:
        return Document(problems=tuple(problems), is_open=True, source=source)
    listed = cast("list[object]", raw) if isinstance(raw, list) else [raw]
    if not listed or (not isinstance(raw, list) and not raw):
        problems.append(Problem("Statement", "is empty"))
        listed = []
    statements: list[Statement] = []
    unknown: list[str] = []
    for index, item in enumerate(listed):
        location = f"Statement[{index}]" if isinstance(raw, list) else "Statement"
        if item is UNKNOWN:
            unknown.append(location)
        elif not isinstance(item, Mapping) or not item:
            problems.append(Problem(location, "is empty" if item in ({}, None) else "is not an object"))
        else:
            statements.append(_statement(location, cast("Mapping[object, object]", item), problems))
    problems.extend(_sids(listed))
    return Document(tuple(statements), tuple(problems), tuple(unknown), source=source)


def _actual_value(value: object) -> str:
    """Return the actual value for a message, if it is text."""
    return f"is {quote(value)}; it " if isinstance(value, str) and value else ""


def _statement(location: str, source: Mapping[object, object], problems: list[Problem]) -> Statement:
    problems.extend(
        Problem(location, f"has the element {quote(key)}, which statements do not have")
        for key in source
        if key not in STATEMENT_ELEMENTS
    )
    effect = source.get("Effect")
    if effect is not UNKNOWN and effect not in ("Allow", "Deny"):
        problems.append(Problem(f"{location}.Effect", f'{_actual_value(effect)}must be "Allow" or "Deny"'))
    principals = None
    if "Principal" in source and "NotPrincipal" in source:
        problems.append(Problem(location, "has both Principal and NotPrincipal"))
    for element in ("NotPrincipal", "Principal"):
        if element in source:
            principals, faults = principals_of(source[element], negated=element == "NotPrincipal")
            problems.extend(Problem(f"{location}.{element}", fault) for fault in faults)
    conditions, open_conditions = _conditions(f"{location}.Condition", source.get("Condition", {}), problems)
    return Statement(
        location=location,
        effect=effect if isinstance(effect, str) else "",
        effect_is_open=effect is UNKNOWN,
        principals=principals,
        actions=_terms(location, source, "Action", problems),
        resources=_terms(location, source, "Resource", problems),
        conditions=conditions,
        conditions_are_open=open_conditions,
    )


def _terms(location: str, source: Mapping[object, object], element: str, problems: list[Problem]) -> Terms:
    negated = f"Not{element}"
    if element in source and negated in source:
        problems.append(Problem(location, f"has both {element} and {negated}"))
    name = element if element in source else negated
    if name not in source:
        return Terms()
    known, is_open, is_well_formed = _strings(source[name])
    if not is_well_formed:
        problems.append(Problem(f"{location}.{name}", "must be a string or a list of strings, and not empty"))
    return Terms(patterns=known, negated=name == negated, present=True, open=is_open)


def _strings(value: object) -> tuple[tuple[str, ...], bool, bool]:
    """Return the known texts of a scalar or list, whether there may be more, and whether all are well formed."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    known = tuple(item for item in values if isinstance(item, str) and item)
    is_open = any(item is UNKNOWN for item in values)
    return known, is_open, bool(values) and all(item is UNKNOWN or (isinstance(item, str) and item) for item in values)


def _conditions(location: str, source: object, problems: list[Problem]) -> tuple[tuple[Condition, ...], bool]:
    if source is UNKNOWN:
        return (), True
    if not isinstance(source, Mapping):
        problems.append(Problem(location, "must be an object of operators"))
        return (), False
    conditions: list[Condition] = []
    is_open = False
    for operator, keys in cast("Mapping[object, object]", source).items():
        if keys is UNKNOWN:
            is_open = True
        elif not isinstance(operator, str) or not isinstance(keys, Mapping):
            problems.append(Problem(location, "must map each operator to an object of keys"))
        else:
            for key, value in cast("Mapping[object, object]", keys).items():
                conditions.append(_condition(f"{location}.{operator}", operator, str(key), value, problems))
    return tuple(conditions), is_open


def _condition(location: str, operator: str, key: str, value: object, problems: list[Problem]) -> Condition:
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    known: list[str] = []
    for item in values:
        if isinstance(item, bool):
            known.append("true" if item else "false")
        elif isinstance(item, str | int | float):
            known.append(item if isinstance(item, str) else str(item)[:64])
        elif item is not UNKNOWN:
            problems.append(Problem(location, f"compares {quote(key)} with something that is not a string"))
    return Condition(location, operator, key, tuple(known), any(item is UNKNOWN for item in values))


def _sids(statements: list[object]) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, statement in enumerate(statements):
        sid = cast("Mapping[object, object]", statement).get("Sid", "") if isinstance(statement, Mapping) else ""
        if sid is UNKNOWN or sid == "":
            continue
        location = f"Statement[{index}].Sid"
        if not isinstance(sid, str) or not (sid.isascii() and sid.isalnum()):
            problems.append(Problem(location, f"{_actual_value(sid)}may hold only letters and digits"))
        elif sid in seen:
            problems.append(Problem(location, f"{quote(sid)} is used twice"))
        else:
            seen.add(sid)
    return problems
