"""Tags on roles, policies, associations and add-ons: the rules that all of them share."""

import re
from collections.abc import Mapping

from eks_pod_identity.errors import Problem, RuleError, quoted, type_name
from eks_pod_identity.values import limits

SESSION_TAGS = (
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
    "kubernetes-service-account",
)
"""The tags EKS sends with each session, all of them transitive
(https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html)."""

_CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")


def tag_key(key: str) -> str:
    """Check the key of a tag.

    Raises:
        RuleError: If AWS does not take it, or if it is the name of a session tag.
    """
    if not 1 <= len(key) <= limits.TAG_KEY.value:
        raise RuleError(f"A tag's key has 1 to {limits.TAG_KEY.value} characters.", "Choose another key.")
    _characters(key, "key")
    _not_reserved(key, "key")
    if key.lower() in SESSION_TAGS:
        raise RuleError(
            f"{quoted(key)} is a tag that EKS sends with each session. On a role it would stand in for it as soon "
            "as session tags are off, and so could be forged.",
            "Choose another key.",
        )
    return key


def tag_value(value: object) -> str:
    """Check the value of a tag.

    Raises:
        RuleError: If AWS does not take it.
    """
    if not isinstance(value, str):
        raise RuleError(f"The value of a tag is text, not {type_name(value)}.", "Put it in quotes.")
    if len(value) > limits.TAG_VALUE.value:
        raise RuleError(
            f"The value of a tag has at most {limits.TAG_VALUE.value} characters; this one has {len(value)}.",
            "Shorten it.",
        )
    _characters(value, "value")
    _not_reserved(value, "value")
    return value


def problems(tags: Mapping[str, object]) -> list[Problem]:
    """Return what is wrong with the keys of *tags* as a whole."""
    found: list[Problem] = []
    if len(tags) > limits.TAGS.value:
        found.append(
            Problem(("tags",), f"There are {len(tags)} tags; AWS takes {limits.TAGS.value}.", "Remove some of them.")
        )
    seen: dict[str, str] = {}
    for key in tags:
        first = seen.setdefault(key.lower(), key)
        if first != key:
            found.append(
                Problem(
                    ("tags", key),
                    f"{quoted(key)} and {quoted(first)} are one key to IAM, which ignores case.",
                    "Remove one of them.",
                )
            )
        try:
            tag_key(key)
        except RuleError as error:
            found.append(Problem(("tags", key), error.rule, error.fix))
    return found


def merge(*layers: Mapping[str, str] | None) -> dict[str, str] | None:
    """Merge tags; a later layer wins. No tags at all are None, since an empty map shows as a change for ever."""
    merged: dict[str, str] = {}
    for layer in layers:
        merged |= layer or {}
    return merged or None


def _characters(text: str, what: str) -> None:
    if not _CHARACTERS.fullmatch(text):
        raise RuleError(
            f"The {what} of a tag has letters, digits, spaces and . : / = + - _ @ only.", "Replace other characters."
        )


def _not_reserved(text: str, what: str) -> None:
    if text.lower().startswith("aws:"):
        raise RuleError(f"The {what} of a tag must not begin with aws:, which is reserved.", "Choose another prefix.")
