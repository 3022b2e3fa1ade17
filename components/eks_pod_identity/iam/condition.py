"""One condition: an operator, a key and the values it is compared with."""

from dataclasses import dataclass

from eks_pod_identity.iam.operators import Family, operator_of


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition, parsed. *values* are the known ones; with *open_values* there may be more."""

    location: str
    operator: str
    key: str
    values: tuple[str, ...]
    open_values: bool = False

    @property
    def is_known_operator(self) -> bool:
        """Return whether IAM has the operator; `Null` takes neither quantifier nor `IfExists`."""
        return operator_of(self.operator) is not None

    @property
    def name(self) -> str:
        """Return the key in lower case: IAM ignores the case of condition keys."""
        return self.key.lower()

    @property
    def needs_the_key(self) -> bool:
        """Return whether the condition fails when the request lacks the key.

        Absent keys satisfy `IfExists`, `ForAllValues`, negated operators and `Null: true`.
        """
        operator = operator_of(self.operator)
        if operator is None:
            return False
        if operator.family is Family.NULL:
            return bool(self.values) and all(value.lower() == "false" for value in self.values)
        return not operator.when_absent

    @property
    def restricts(self) -> bool:
        """Return whether a present key must equal or match one of the values, not merely exist or differ."""
        operator = operator_of(self.operator)
        return operator is not None and operator.family is not Family.NULL and not operator.negated

    @property
    def takes_wildcards(self) -> bool:
        """Return whether `*` and `?` in the values are wildcards and not characters."""
        operator = operator_of(self.operator)
        return operator is not None and operator.wildcards
