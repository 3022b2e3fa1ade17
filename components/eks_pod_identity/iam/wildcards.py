"""IAM wildcards: `*` is any run of characters, `?` is one. No other character is special."""

import re


def matches(pattern: str, text: str) -> bool:
    """Tell whether *pattern* covers *text*, case included.

    Greedy with one point of return, so a hostile pattern of many stars costs pattern times text and never more.
    """
    at_pattern = at_text = 0
    star = -1
    resume = 0
    while at_text < len(text):
        if at_pattern < len(pattern) and pattern[at_pattern] == "*":
            star, resume = at_pattern, at_text
            at_pattern += 1
        elif at_pattern < len(pattern) and pattern[at_pattern] in ("?", text[at_text]):
            at_pattern += 1
            at_text += 1
        elif star >= 0:
            at_pattern = star + 1
            resume += 1
            at_text = resume
        else:
            return False
    return all(character == "*" for character in pattern[at_pattern:])


def is_everything(pattern: str) -> bool:
    """Tell whether *pattern* covers every text there is."""
    return bool(pattern) and not pattern.strip("*")


def has_wildcard(pattern: str) -> bool:
    """Tell whether *pattern* stands for more than itself."""
    return "*" in pattern or "?" in pattern


_VARIABLE = re.compile(r"\$\{[^{}]{0,256}\}")


def with_variables_open(pattern: str) -> str:
    """Replace policy variables by `*`: what they stand for is only known when a request is made."""
    return _VARIABLE.sub("*", pattern) if "${" in pattern else pattern


def without_variables(pattern: str) -> str:
    """Drop policy variables, so that what is left is what somebody wrote."""
    return _VARIABLE.sub("", pattern) if "${" in pattern else pattern


def intersect(left: str, right: str) -> bool:
    """Tell whether some text is covered by both patterns."""
    # reachable[j]: the part of *left* read so far and right[:j] can cover the same text.
    reachable = [True] + [False] * len(right)
    for column, other in enumerate(right):
        reachable[column + 1] = reachable[column] and other == "*"
    for one in left:
        above, reachable = reachable, [reachable[0] and one == "*"]
        for column, other in enumerate(right):
            if one == "*":
                hit = above[column + 1] or reachable[column]
                hit = hit or (other != "*" and above[column])
            elif other == "*":
                hit = reachable[column] or above[column + 1]
            else:
                hit = above[column] and (one == other or "?" in (one, other))
            reachable.append(hit)
    return reachable[-1]
