"""One condition: an operator, a key and the values it is compared with."""

from dataclasses import dataclass

_NEGATIVE = frozenset(
    {
        "stringnotequals",
        "stringnotequalsignorecase",
        "stringnotlike",
        "numericnotequals",
        "datenotequals",
        "notipaddress",
        "arnnotequals",
        "arnnotlike",
    }
)
_POSITIVE = frozenset(
    {
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "numericequals",
        "numericlessthan",
        "numericlessthanequals",
        "numericgreaterthan",
        "numericgreaterthanequals",
        "dateequals",
        "datelessthan",
        "datelessthanequals",
        "dategreaterthan",
        "dategreaterthanequals",
        "bool",
        "binaryequals",
        "ipaddress",
        "arnequals",
        "arnlike",
    }
)
OPERATORS = _POSITIVE | _NEGATIVE | {"null"}
"""
Every condition operator of IAM in lower case, without quantifier and `IfExists`.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

_WILDCARD_OPERATORS = frozenset({"stringlike", "stringnotlike", "arnlike", "arnnotlike", "arnequals", "arnnotequals"})
_QUANTIFIERS = ("forallvalues:", "foranyvalue:")
_IF_EXISTS = "ifexists"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition with its meaning taken apart; *values* are those known, *open_values* says that more may come."""

    location: str
    operator: str
    key: str
    values: tuple[str, ...]
    open_values: bool = False

    @property
    def quantifier(self) -> str:
        """`forallvalues`, `foranyvalue` or nothing."""
        lowered = self.operator.lower()
        return next((prefix.rstrip(":") for prefix in _QUANTIFIERS if lowered.startswith(prefix)), "")

    @property
    def base(self) -> str:
        """The operator in lower case, without quantifier and `IfExists`."""
        lowered = self.operator.lower()
        for quantifier in _QUANTIFIERS:
            lowered = lowered.removeprefix(quantifier)
        return lowered.removesuffix(_IF_EXISTS) if lowered != _IF_EXISTS else lowered

    @property
    def if_exists(self) -> bool:
        """Whether an absent key satisfies the condition by `IfExists`."""
        return self.operator.lower().endswith(_IF_EXISTS)

    @property
    def is_known_operator(self) -> bool:
        """Whether IAM has the operator; `Null` takes neither quantifier nor `IfExists`."""
        return self.base in OPERATORS and not (self.base == "null" and (self.if_exists or self.quantifier))

    @property
    def name(self) -> str:
        """The key in lower case: IAM ignores the case of condition keys."""
        return self.key.lower()

    @property
    def needs_the_key(self) -> bool:
        """Whether the condition fails when the request lacks the key.

        Absent keys satisfy `IfExists`, `ForAllValues`, negated operators and `Null: true`.
        """
        if self.base == "null":
            return bool(self.values) and all(value.lower() == "false" for value in self.values)
        return self.base in _POSITIVE and not self.if_exists and self.quantifier != "forallvalues"

    @property
    def restricts(self) -> bool:
        """Whether a present key must equal or resemble one of the values (and not merely exist or differ)."""
        return self.base in _POSITIVE

    @property
    def excludes(self) -> bool:
        """Whether a key that differs from every value satisfies the condition, as one that is absent does."""
        return self.base in _NEGATIVE

    @property
    def takes_wildcards(self) -> bool:
        """Whether `*` and `?` in the values are wildcards and not characters."""
        return self.base in _WILDCARD_OPERATORS
