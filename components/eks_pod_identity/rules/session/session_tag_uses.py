"""Finds where a document depends on a session tag, and the effect of disabling session tags there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam import Condition, Document, Statement
from eks_pod_identity.iam.eks import PRINCIPAL_TAG, REQUEST_TAG, is_session_tag, session_tag_of
from eks_pod_identity.iam.operators import Family, operator_of
from eks_pod_identity.iam.variables import keys_without_default


@dataclass(frozen=True, slots=True)
class TagUse:
    """A dependency on a session tag, which always holds or never holds if the tags are absent."""

    location: str
    key: str
    always_holds: bool

    def __str__(self) -> str:
        """Return the use as part of a sentence."""
        return in_words((self,))


def in_words(uses: Sequence[TagUse]) -> str:
    """Return the uses as part of a sentence, grouped by condition."""
    keys: dict[tuple[str, str], list[str]] = {}
    for use in uses:
        keys.setdefault((use.location, "always" if use.always_holds else "never"), []).append(quote(use.key))
    return join_values(
        [
            f"{location} compares {join_values(names)}, which then {ever} {'holds' if len(names) == 1 else 'hold'}"
            for (location, ever), names in keys.items()
        ]
    )


def tag_uses(document: Document) -> Iterator[TagUse]:
    """Return the uses of session tags in a document that do not provide for their absence.

    `…IfExists`, `Null` with "true" and a variable with a default value do provide for it. So does a `Deny` that
    compares a tag and that `Null` with "false" restricts to calls with the tag.
    """
    expands = document.expands_variables is not False
    for statement in document.statements:
        yield from statement_tag_uses(statement, expands=expands)


def statement_tag_uses(statement: Statement, *, expands: bool) -> Iterator[TagUse]:
    """Return the uses of session tags in one statement."""
    uses = list(_uses_in(statement, expands=expands))
    guards = _guards(statement)
    if not guards or all(use.location in guards for use in uses):
        yield from uses


def _guards(statement: Statement) -> frozenset[str]:
    """Return the locations of the conditions that restrict a Deny to calls with a session tag."""
    return frozenset(
        condition.location
        for condition in statement.conditions
        if statement.denies and _needs_presence(condition) and is_session_tag(_tag_of(condition))
    )


def _needs_presence(condition: Condition) -> bool:
    return condition.operator.lower() == "null" and condition.needs_the_key


def _uses_in(statement: Statement, *, expands: bool) -> Iterator[TagUse]:
    resources = statement.resources
    element = "NotResource" if resources.negated else "Resource"
    for pattern in resources.patterns if expands else ():
        for key in _session_tags_in(pattern):
            yield TagUse(f"{statement.location}.{element}", f"${{{key}}}", resources.negated)
    for condition in statement.conditions:
        if _assumes_roles(statement) or not condition.name.startswith(REQUEST_TAG):
            yield from _of_condition(condition, expands=expands)


def _tag_of(condition: Condition) -> str:
    return session_tag_of(condition.key, PRINCIPAL_TAG) or session_tag_of(condition.key, REQUEST_TAG)


def _assumes_roles(statement: Statement) -> bool:
    """Return whether `aws:RequestTag/…` is a session tag there; elsewhere a call sets it on a resource."""
    actions = statement.actions
    return not statement.resources.present or (
        not actions.negated and all(pattern.lower().startswith("sts:") for pattern in actions.patterns)
    )


def _of_condition(condition: Condition, *, expands: bool) -> Iterator[TagUse]:
    operator = operator_of(condition.operator)
    if operator is None:
        return
    if is_session_tag(_tag_of(condition)):
        if operator.family is Family.NULL:
            if not any(value.lower() == "true" for value in condition.values):
                yield TagUse(condition.location, condition.key, always_holds=False)
        elif not operator.if_exists:
            yield TagUse(condition.location, condition.key, operator.when_absent)
        return
    if not expands or not operator.takes_variables:
        return
    for key in dict.fromkeys(key for value in condition.values for key in _session_tags_in(value)):
        others = [value for value in condition.values if key not in set(_session_tags_in(value))]
        if not others:
            yield TagUse(condition.location, f"${{{key}}}", operator.negated)


def _session_tags_in(text: str) -> list[str]:
    return [
        key
        for key in keys_without_default(text)
        if is_session_tag(session_tag_of(key, PRINCIPAL_TAG)) or is_session_tag(session_tag_of(key, REQUEST_TAG))
    ]
