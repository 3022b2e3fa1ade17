"""Sample calls for a statement: one per action and resource, with wildcards replaced."""

from collections.abc import Iterable, Iterator

from eks_pod_identity.iam import Document, Statement, has_wildcard, matches, with_variables_open
from eks_pod_identity.iam.actions import actions_matching, lists_key

_FILLER = "zq0"
_GLOBAL_KEYS = ("aws:", "sts:")


def sample_calls(document: Document, statement: Statement) -> Iterator[tuple[str, str]]:
    """Return pairs of an action and a resource of *statement*, or nothing if a sample would prove nothing.

    Of several actions that *document* treats alike, one represents all.
    """
    if statement.actions.negated or statement.resources.negated:
        return
    has_service_keys = any(True for _ in _service_keys([statement]))
    for pattern in statement.actions.patterns:
        if has_service_keys and has_wildcard(pattern.partition(":")[0]):
            return
        for action in _unlike_actions(document, pattern):
            for resource in statement.resources.patterns:
                yield action, concrete_resource(resource, expands=document.expands_variables is not False)


def _service_keys(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        for condition in statement.conditions:
            if not condition.name.startswith(_GLOBAL_KEYS):
                yield condition.name


def _unlike_actions(document: Document, pattern: str) -> Iterator[str]:
    """Return actions that *pattern* covers, one per set that matches the same patterns and has the same keys."""
    patterns = {each.lower() for statement in document.statements for each in statement.actions.patterns}
    keys = set(_service_keys(document.statements))
    seen: set[tuple[frozenset[str], frozenset[str]]] = set()
    for action in _concrete_actions(pattern):
        name = action.lower()
        treatment = (
            frozenset(each for each in patterns if matches(each, name)),
            frozenset(key for key in keys if lists_key(name, key)),
        )
        if treatment not in seen:
            seen.add(treatment)
            yield action


def concrete_resource(pattern: str, *, expands: bool = True) -> str:
    """Return an arbitrary ARN that *pattern* covers."""
    if not pattern.strip("*"):
        return f"arn:aws:{_FILLER}:::{_FILLER}"
    return (with_variables_open(pattern) if expands else pattern).replace("*", _FILLER).replace("?", _FILLER[0])


def _concrete_actions(pattern: str) -> Iterator[str]:
    if not has_wildcard(pattern):
        yield pattern
        return
    yield pattern.replace("*", _FILLER).replace("?", _FILLER[0]) if ":" in pattern else f"{_FILLER}:{_FILLER}"
    yield from actions_matching(pattern)
