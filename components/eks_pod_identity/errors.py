"""Problems in an input: the path, the rule that is broken, and how to fix it.

Messages put argument names in single quotes or backticks and values in double quotes. The quotes matter: `spelled`
turns argument names into camelCase for callers who write them that way, and must not change a value that looks like
a name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The path to a value: argument names, map keys and list indexes, from the outside in."""

_SIMPLE_KEY = re.compile(r"[^\s.\[\]\"]+")
_QUOTED_NAME = re.compile(r"(['`])([a-z]+(?:_[a-z]+)*)\1")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem at one path of the input. *as_typed* means that the path already has the caller's spelling."""

    path: Path
    rule: str
    fix: str
    as_typed: bool = False

    def typed_path(self, *, camel: bool = False) -> str:
        """Return the path as people write it: `bindings[1].service_account`, `policies.invoices`."""
        camel = camel and not self.as_typed
        text = ""
        for depth, part in enumerate(self.path):
            if isinstance(part, int):
                text += f"[{part}]"
            elif depth == 0:
                text = camel_case(part) if camel else part
            elif isinstance(self.path[depth - 1], int):
                # Keys of list items are argument names.
                text += f".{camel_case(part) if camel else part}"
            else:
                text += _own_key(part)
        return text

    def sentence(self, *, camel: bool = False) -> str:
        """Return the rule and the fix."""
        text = f"{self.rule} {self.fix}"
        return spell_in_camel_case(text) if camel else text


class RuleError(ValueError):
    """A value breaks rules. Raised by the checks of this package, which do not know the path to the value."""

    def __init__(self, rule: str, fix: str, problems: Sequence[Problem] = ()) -> None:
        """Set the broken *rule* and the *fix*, each a whole sentence.

        *problems* replace both if parts of the value break rules. Each has its path within the value.
        """
        super().__init__(f"{rule} {fix}")
        self.rule = rule
        self.fix = fix
        self._problems = tuple(problems) or (Problem((), rule, fix),)

    def problems_at(self, path: Path) -> list[Problem]:
        """Return what is wrong, for the value at *path*."""
        return [Problem((*path, *problem.path), problem.rule, problem.fix) for problem in self._problems]


def _own_key(key: str) -> str:
    """Return a map key chosen by the user, as Pulumi writes it in property paths."""
    short = shorten(key)
    return f".{short}" if _SIMPLE_KEY.fullmatch(short) else f'["{short}"]'


def camel_case(name: str) -> str:
    """Return an argument name as YAML, state and policies spell it: `service_account` becomes `serviceAccount`."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def spell_in_camel_case(text: str) -> str:
    """Return *text* with every quoted argument name in camelCase."""
    return _QUOTED_NAME.sub(lambda match: f"{match.group(1)}{camel_case(match.group(2))}{match.group(1)}", text)


def listing(problems: Iterable[Problem], *, camel: bool = False) -> str:
    """Return one line for each problem, ordered by path."""
    ordered = sorted(problems, key=lambda problem: [str(part).zfill(4) for part in problem.path])
    return "\n".join(f"- {problem.typed_path(camel=camel)}: {problem.sentence(camel=camel)}" for problem in ordered)


_TYPE_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "a string"),
    (bool, "a boolean"),
    ((int, float), "a number"),
    (Mapping, "a map"),
    ((list, tuple), "a list"),
    (bytes, "bytes"),
)
_LONGEST = 120
_LISTED = 10


def type_name(value: object) -> str:
    """Return the type of a value in words common to all languages."""
    if value is None:
        return "nothing"
    for types, name in _TYPE_NAMES:
        if isinstance(value, types):
            return name
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def quote(value: object) -> str:
    """Return *value* in double quotes, cut to a readable length, on one line and always encodable."""
    return f'"{shorten(value)}"'


def shorten(value: object) -> str:
    """Return *value* without quotes: control characters and lone surrogates are escaped, long text is cut."""
    text = value if isinstance(value, str) else str(value)[: _LONGEST + 1]
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return escape_unprintable(text)


def escape_unprintable(text: str) -> str:
    """Escape what is not printable: control characters, and lone surrogates, which no encoding accepts."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


_CI_COMMANDS = ("##[", "##vso[")
"""What GitHub and Azure read as a command anywhere in a line; `::error::` counts only at the start of a line."""


def safe_line(text: str) -> str:
    """Return *text* as one line without control characters, which no CI system reads as a command."""
    line = escape_unprintable(text)
    for command in _CI_COMMANDS:
        line = line.replace(command, command.replace("##", "# #"))
    return f"./{line}" if line.lstrip().startswith("::") else line


def join_values(values: Sequence[str]) -> str:
    """Return *values* as part of a sentence: `a`, `a and b`, `a, b and c`. After ten, the rest is counted."""
    if len(values) > 10:  # noqa: PLR2004 - ten names are still readable in one message
        return f"{', '.join(values[:10])} and {len(values) - 10} more"
    if len(values) < 2:  # noqa: PLR2004 - one value needs no "and"
        return "".join(values)
    return f"{', '.join(values[:-1])} and {values[-1]}"
