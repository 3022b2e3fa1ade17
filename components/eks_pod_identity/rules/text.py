"""How values of strangers are written into messages: short, on one line, and always encodable."""

from __future__ import annotations

from typing import Final

from eks_pod_identity.wording import printable

_LONGEST: Final = 120


def quoted(value: object) -> str:
    """Write *value* in double quotes, cut to a readable length and without characters that break a terminal."""
    return f'"{shown(value)}"'


def shown(value: object) -> str:
    """Write *value* without quotes: control characters and lone surrogates are escaped, long text is cut."""
    text = value if isinstance(value, str) else str(value)[: _LONGEST + 1]
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return printable(text)


def listed(values: list[str] | tuple[str, ...]) -> str:
    """Write *values* as a sentence part: `a`, `a and b`, `a, b and c`; past ten the rest is counted."""
    if len(values) > 10:  # noqa: PLR2004 - ten names are still readable in one message
        return f"{', '.join(values[:10])} and {len(values) - 10} more"
    if len(values) < 2:  # noqa: PLR2004 - one value needs no "and"
        return "".join(values)
    return f"{', '.join(values[:-1])} and {values[-1]}"
