"""The limits of the tags of a resource of EKS.

AWS: at most 50, a key of 1 to 128 characters, a value of at most 256, and `aws:` in any case begins neither a key nor
a value (EKS API, TagResource and CreatePodIdentityAssociation).
"""

from collections.abc import Mapping

_MOST, _KEY, _VALUE, _RESERVED = 50, 128, 256, "aws:"


def problem_of(tags: object) -> str | None:
    """Return what is wrong with *tags*, or None."""
    if not isinstance(tags, Mapping):
        return "tags must be a map of keys to values."
    if len(tags) > _MOST:
        return f"A resource has at most {_MOST} tags; these are {len(tags)}."
    for key, value in tags.items():
        if not isinstance(value, str) or not 1 <= len(key) <= _KEY or len(value) > _VALUE:
            return (
                f"A tag has a key of 1 to {_KEY} characters and a value of at most {_VALUE}; "
                f"the one of {key[:40]!r} has not."
            )
        if key.lower().startswith(_RESERVED) or value.lower().startswith(_RESERVED):
            return f"The prefix {_RESERVED} is reserved, in keys and in values: {key[:40]!r}."
    return None
