"""The plugin: serves the components to programs in any Pulumi language."""

import inspect
import json
from collections.abc import Mapping
from typing import Any, cast

import pulumi
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from eks_pod_identity._version import __version__
from eks_pod_identity.problems import Path
from pulumi_eks_pod_identity.deployment import inside_plugin
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.pod_identity import PodIdentity
from pulumi_eks_pod_identity.pod_identity_agent import PodIdentityAgent
from pulumi_eks_pod_identity.pod_identity_role import PodIdentityRole
from pulumi_eks_pod_identity.pod_identity_target_role import PodIdentityTargetRole
from pulumi_eks_pod_identity.properties import PACKAGE
from pulumi_eks_pod_identity.settled import beyond_schema

COMPONENTS: list[type[pulumi.ComponentResource]] = [
    PodIdentity,
    PodIdentityAgent,
    PodIdentityRole,
    PodIdentityTargetRole,
]
NAMESPACE = "eks-pod-identity"
"""Set on purpose: otherwise the owner of the repository a consumer fetched it from becomes part of the import."""


class PodIdentityProvider(ComponentProvider):
    """Constructs components, and hands their input errors to the engine as what they are.

    The plain provider wraps every error of a constructor, and the server then answers with a traceback. It also drops
    arguments that the schema does not have, without a word; here they are told with all other problems.
    """

    def __init__(self) -> None:
        """Infer the schema from the components."""
        super().__init__(COMPONENTS, PACKAGE, NAMESPACE, __version__)
        # Descriptions are docstrings, taken with the indentation they have in the source.
        self.schema = json.dumps(_dedented(json.loads(self.schema or "{}")))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Construct a component.

        Raises:
            pulumi.InputPropertiesError: With everything that is wrong, by the names of YAML.
        """
        component_def = self._component_defs[resource_type.rsplit(":", maxsplit=1)[-1]]
        inside, further = inside_plugin.set(True), beyond_schema.set(self._beyond(inputs, component_def))
        try:
            return super().construct(name, resource_type, dict(inputs), options)
        except ComponentInitError as error:
            if isinstance(error.inner, PodIdentityInputError):
                raise error.inner.respelled() from None
            raise
        finally:
            inside_plugin.reset(inside)
            beyond_schema.reset(further)

    def map_inputs(self, inputs: Mapping[str, Any], component_def: ComponentDefinition) -> dict[str, Any]:
        """Spell the arguments as Python does, and leave every judgement to the component.

        What this replaces stops at the first wrong value, and drops keys of bindings that the schema does not have.
        """
        mapping = component_def.inputs_mapping
        return {
            mapping[key]: self._items(value, component_def.inputs[key])
            for key, value in inputs.items()
            if key in mapping
        }

    def _items(self, value: Any, prop: PropertyDefinition) -> Any:
        mapping = self._names_of_items(prop)
        if not mapping or not isinstance(value, list):
            return value
        return [
            {mapping[key]: part for key, part in cast("Mapping[str, Any]", item).items() if key in mapping}
            if isinstance(item, Mapping)
            else item
            for item in cast("list[object]", value)
        ]

    def _names_of_items(self, prop: PropertyDefinition) -> Mapping[str, str]:
        kind = self.get_type_definition(prop.items) if prop.items and prop.items.ref else None
        return kind.properties_mapping if kind else {}

    def _beyond(self, inputs: Mapping[str, Any], component_def: ComponentDefinition) -> list[Path]:
        """Return the places of keys that the schema does not have."""
        found: list[Path] = []
        for key, value in inputs.items():
            prop = component_def.inputs.get(key)
            if prop is None:
                found.append((key,))
            elif (names := self._names_of_items(prop)) and isinstance(value, list):
                for index, item in enumerate(cast("list[object]", value)):
                    if isinstance(item, Mapping):
                        found += [(key, index, name) for name in cast("Mapping[str, Any]", item) if name not in names]
        return found


def _dedented(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: inspect.cleandoc(item) if key == "description" and isinstance(item, str) else _dedented(item)
            for key, item in cast("dict[str, Any]", value).items()
        }
    return [_dedented(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value
