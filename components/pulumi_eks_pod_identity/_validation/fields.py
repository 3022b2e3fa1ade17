"""How pydantic checks one argument: by a rule of the domain, at once if its value is known.

An Output passes here. The same rule checks its value once it is known, before anything is created with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from eks_pod_identity.errors import RuleError, type_name
from pulumi_eks_pod_identity._run.outputs import has_outputs, is_output

Rule = Callable[[Any], Any]


class ValidatedModel(BaseModel):
    """Base of the models: unknown keys are errors, and errors never show a value."""

    # Built when first used: a program pays only for the components that it creates.
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True, defer_build=True
    )


@dataclass(frozen=True, slots=True)
class Check:
    """Checks one value by a rule of the domain.

    Attributes:
        rule: The rule. Returns the value in its final form.
        determines_resources: Whether resources depend on the argument being set, so that an Output must not
            resolve to None.
    """

    rule: Rule
    determines_resources: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to use the rule instead of the annotation."""
        return core_schema.no_info_plain_validator_function(self.check)

    def check(self, value: Any) -> Any:
        """Return the checked value; an Output as it is."""
        return value if has_outputs(value) else self.rule(value)

    def gate(self, value: Any, gate: pulumi.Output[Any]) -> Any:
        """Return a value with outputs, checked once *gate* is open."""
        if not has_outputs(value):
            return value
        return _wait_for(value, gate).apply(lambda known: None if known is None else self.rule(known))


@dataclass(frozen=True, slots=True)
class MustBeKnown(Check):
    """Checks a value that determines which resources exist or what they are called."""

    def check(self, value: Any) -> Any:
        """Return the checked value."""
        if has_outputs(value):
            raise RuleError(
                "The value must not be an Output: it determines which resources exist.", "Pass a plain value."
            )
        return self.rule(value)


@dataclass(frozen=True, slots=True)
class MapOf(Check):
    """Checks each value of a map, and each key by another rule.

    Attributes:
        key: Rule of the keys.
        names_resources: Whether the keys name resources, so that the map must not be an Output.
        whole: Rule of the map as a whole, if people confuse it with something else.
    """

    key: Rule | None = None
    names_resources: bool = False
    whole: Rule | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to check keys and values separately, so that each error has its own path."""
        items = core_schema.dict_schema(
            keys_schema=core_schema.no_info_plain_validator_function(self.key) if self.key else None,
            values_schema=core_schema.no_info_plain_validator_function(Check(self.rule).check),
        )

        def check(value: Any, check_items: Callable[[Any], Any]) -> Any:
            if is_output(value):
                if self.names_resources:
                    raise RuleError(
                        "The map must not be an Output: its keys name resources.",
                        "Pass a plain map; its values may be Outputs.",
                    )
                return value
            if self.whole is not None:
                self.whole(value)
            if not isinstance(value, Mapping):
                rule = f"Expected a map of names to values, got {type_name(value)}."
                of_choice = ", with names of your choice" if self.names_resources else ""
                raise RuleError(rule, f'Write it like {{"name": value}}{of_choice}.')
            return check_items(dict(cast("Mapping[str, Any]", value)))

        return core_schema.no_info_wrap_validator_function(check, items)

    def gate(self, value: Any, gate: pulumi.Output[Any]) -> Any:
        """Return the map with each Output checked."""
        if is_output(value):
            return _wait_for(value, gate).apply(self._checked_items)
        return {key: Check(self.rule).gate(item, gate) for key, item in cast("Mapping[str, Any]", value).items()}

    def _checked_items(self, items: Mapping[str, Any] | None) -> dict[str, Any] | None:
        # An empty map would be shown as a change in every preview.
        return {key: self.rule(item) for key, item in (items or {}).items() if item is not None} or None


@dataclass(frozen=True, slots=True)
class ListOf(Check):
    """Checks each item of a list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to check each item, so that each error has its own path."""
        items = core_schema.list_schema(core_schema.no_info_plain_validator_function(Check(self.rule).check))

        def check(value: Any, check_items: Callable[[Any], Any]) -> Any:
            if is_output(value):
                return value
            if not isinstance(value, list | tuple):
                raise RuleError(f"Expected a list, got {type_name(value)}.", "Write it like [first, second].")
            return check_items(list(cast("Sequence[Any]", value)))

        return core_schema.no_info_wrap_validator_function(check, items)

    def gate(self, value: Any, gate: pulumi.Output[Any]) -> Any:
        """Return the list, checked as a whole: an item that resolves to None counts as absent."""
        return _wait_for(value, gate).apply(self._checked_items)

    def _checked_items(self, items: Sequence[Any] | None) -> list[Any]:
        return [self.rule(item) for item in items or () if item is not None]


def _wait_for(value: Any, gate: pulumi.Output[Any]) -> pulumi.Output[Any]:
    """Return *value* with its outputs once *gate* is open; before that, the SDK may not be able to handle it."""
    return gate.apply(lambda _: pulumi.Output.from_input(value))
