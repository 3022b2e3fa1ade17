"""Tags on roles, policies, associations and add-ons: the rules they share."""

import re
from collections.abc import Mapping

from eks_pod_identity.errors import Problem, RuleError, quote, type_name
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
        RuleError: If AWS rejects it, or if it is the name of a session tag.
    """
    if not 1 <= len(key) <= limits.TAG_KEY.value:
        raise RuleError(
            f"A tag key has 1 to {limits.TAG_KEY.value} characters; this one has {len(key)}.", "Choose another key."
        )
    _characters(key, "key")
    _check_not_reserved(key, "key")
    if key.lower() in SESSION_TAGS:
        raise RuleError(
            f"{quote(key)} is a session tag that EKS sends. A role tag of that name would replace it when "
            "session tags are off, so it could be forged.",
            "Choose another key.",
        )
    return key


def tag_value(value: object) -> str:
    """Check the value of a tag.

    Raises:
        RuleError: If AWS rejects it.
    """
    if not isinstance(value, str):
        raise RuleError(f"A tag value is a string, not {type_name(value)}.", "Put it in quotes.")
    if len(value) > limits.TAG_VALUE.value:
        raise RuleError(
            f"A tag value has at most {limits.TAG_VALUE.value} characters; this one has {len(value)}.",
            "Shorten it.",
        )
    _characters(value, "value")
    _check_not_reserved(value, "value")
    return value


def problems(tags: Mapping[str, object]) -> list[Problem]:
    """Return what is wrong with the keys of *tags* as a whole."""
    faults: list[Problem] = []
    if len(tags) > limits.TAGS.value:
        faults.append(
            Problem(("tags",), f"There are {len(tags)} tags; AWS allows {limits.TAGS.value}.", "Remove some.")
        )
    seen: dict[str, str] = {}
    for key in tags:
        first = seen.setdefault(key.lower(), key)
        if first != key:
            faults.append(
                Problem(
                    ("tags", key),
                    f"{quote(key)} and {quote(first)} are the same key to IAM, which ignores case.",
                    "Remove one of them.",
                )
            )
        try:
            tag_key(key)
        except RuleError as error:
            faults.append(Problem(("tags", key), error.rule, error.fix))
    return faults


def _characters(text: str, what: str) -> None:
    if not _CHARACTERS.fullmatch(text):
        raise RuleError(
            f"A tag {what} contains only letters, digits, spaces and . : / = + - _ @.", "Replace the other characters."
        )


def _check_not_reserved(text: str, what: str) -> None:
    if text.lower().startswith("aws:"):
        raise RuleError(f"A tag {what} must not start with aws:, which is reserved.", "Choose another prefix.")
