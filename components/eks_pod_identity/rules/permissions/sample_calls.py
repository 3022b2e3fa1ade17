"""Calls that a statement is about: one for each of its actions and resources, with wildcards replaced."""

from collections.abc import Iterator

from eks_pod_identity.iam import Statement, has_wildcard, with_variables_open
from eks_pod_identity.iam.actions import actions_matching

_FILLER = "zq0"
_MOST_CALLS = 200
_GLOBAL_KEYS = ("aws:", "sts:")


def sample_calls(statement: Statement, *, expands: bool) -> Iterator[tuple[str, str]]:
    """Return pairs of action and resource; nothing where a sample would prove nothing.

    *expands* says whether the version of the document makes IAM replace variables.
    """
    if statement.actions.negated or statement.resources.negated:
        return
    has_service_keys = any(not condition.name.startswith(_GLOBAL_KEYS) for condition in statement.conditions)
    calls = 0
    for action in statement.actions.patterns:
        if has_service_keys and has_wildcard(action.partition(":")[0]):
            return
        for concrete in _concrete_actions(action):
            for resource in statement.resources.patterns:
                yield concrete, concrete_resource(resource, expands=expands)
                calls += 1
                if calls == _MOST_CALLS:
                    return


def concrete_resource(pattern: str, *, expands: bool = True) -> str:
    """Return an ARN that *pattern* covers and that nobody named."""
    if not pattern.strip("*"):
        return f"arn:aws:{_FILLER}:::{_FILLER}"
    return (with_variables_open(pattern) if expands else pattern).replace("*", _FILLER).replace("?", _FILLER[0])


def _concrete_actions(pattern: str) -> Iterator[str]:
    if not has_wildcard(pattern):
        yield pattern
        return
    yield pattern.replace("*", _FILLER).replace("?", _FILLER[0]) if ":" in pattern else f"{_FILLER}:{_FILLER}"
    yield from actions_matching(pattern)[:20]
