"""How values of strangers are written into errors: short, on one line, always encodable, and in no language's words."""

from collections.abc import Mapping

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "text"),
    (bool, "true or false"),
    ((int, float), "a number"),
    (Mapping, "a map"),
    ((list, tuple), "a list"),
    (bytes, "bytes"),
)
_SHOWN = 80


def shown(text: str) -> str:
    """Return *text* in double quotes, cut to a length that fits an error, on one line and always encodable."""
    return f'"{printable(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")}"'


def printable(text: str) -> str:
    """Escape what is not printable: control characters, and lone surrogates that no encoding takes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


def kind(value: object) -> str:
    """Name the type of a value in words that are no Python."""
    if value is None:
        return "nothing"
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
