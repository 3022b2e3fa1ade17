"""Labels and annotations of Kubernetes objects. The API server refuses an object with one that is not valid.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

import re

from eks_pod_identity.errors import RuleError, quote
from eks_pod_identity.values import limits, scalars

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_FORM = f"at most {limits.LABEL.value} letters, digits and - _ . that start and end with a letter or digit"


def label_key(value: object) -> str:
    """Check the key of a label: a name, and before it perhaps a domain and a slash."""
    return _key(scalars.text(value))


def annotation_key(value: object) -> str:
    """Check the key of an annotation, whose domain may have capital letters."""
    text = scalars.text(value)
    _key(text.lower())
    return text


def _key(text: str) -> str:
    prefix, slash, name = text.rpartition("/")
    is_prefix = bool(_PREFIX.fullmatch(prefix)) and len(prefix) <= limits.LABEL_PREFIX.value
    if not _is_name(name) or (slash and not is_prefix):
        raise RuleError(
            f"{quote(text)} is not a valid key: a name is {_FORM}, and a domain and '/' may stand before it.",
            'Write it like "team" or "example.com/team".',
        )
    return text


def label_value(value: object) -> str:
    """Check the value of a label."""
    text = scalars.text(value)
    if text and not _is_name(text):
        raise RuleError(
            f"{quote(text)} is not a valid value of a label: {_FORM}.",
            "Choose another value, or use an annotation.",
        )
    return text


def _is_name(text: str) -> bool:
    return len(text) <= limits.LABEL.value and bool(_NAME.fullmatch(text))
