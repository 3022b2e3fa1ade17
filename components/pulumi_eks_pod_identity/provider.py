"""The plugin: serves the components to programs in any Pulumi language."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pulumi
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from eks_pod_identity._version import __version__
from eks_pod_identity.errors import Path
from pulumi_eks_pod_identity import _schema
from pulumi_eks_pod_identity._run.program import inside_plugin
from pulumi_eks_pod_identity._run.state import PACKAGE
from pulumi_eks_pod_identity._validation.parse import unknown_keys
from pulumi_eks_pod_identity.agent import PodIdentityAgent
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.pod_identity import PodIdentity
from pulumi_eks_pod_identity.role import PodIdentityRole
from pulumi_eks_pod_identity.target_role import PodIdentityTargetRole

COMPONENTS: list[type[pulumi.ComponentResource]] = [
    PodIdentity,
    PodIdentityAgent,
    PodIdentityRole,
    PodIdentityTargetRole,
]


class PodIdentityProvider(ComponentProvider):
    """Constructs components, and reports their input errors to the engine with the path of each problem.

    Pulumi's own provider wraps every error of a constructor, and the engine then prints a traceback. It also drops
    unknown arguments silently; this one reports them with all other problems.
    """

    def __init__(self) -> None:
        """Infer the schema from the components, and complete it."""
        super().__init__(COMPONENTS, PACKAGE, _schema.NAMESPACE, __version__)
        inferred = json.loads(self.schema or "{}")
        self.schema = json.dumps(_schema.complete(inferred, self._components))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Construct a component.

        Raises:
            pulumi.InputPropertiesError: With every problem, the paths in camelCase.
        """
        component_def = self._component_defs[resource_type.rsplit(":", maxsplit=1)[-1]]
        inside, unknown = inside_plugin.set(True), unknown_keys.set(self._unknown_keys(inputs, component_def))
        try:
            return super().construct(name, resource_type, dict(inputs), options)
        except ComponentInitError as error:
            if isinstance(error.inner, PodIdentityInputError):
                raise error.inner.respell() from None
            if isinstance(error.inner, pulumi.InputPropertiesError):
                raise error.inner from None
            raise
        finally:
            inside_plugin.reset(inside)
            unknown_keys.reset(unknown)

    def map_inputs(self, inputs: Mapping[str, Any], component_def: ComponentDefinition) -> dict[str, Any]:
        """Rename arguments from camelCase to snake_case, and leave validation to the component.

        The method this overrides stops at the first wrong value, and drops unknown keys of bindings.
        """
        names = component_def.inputs_mapping
        return {
            names[key]: self._rename_in_items(value, component_def.inputs[key])
            for key, value in inputs.items()
            if key in names
        }

    def _rename_in_items(self, value: Any, prop: PropertyDefinition) -> Any:
        names = self._names_in_items(prop)
        if not names or not isinstance(value, list):
            return value
        return [
            {names[key]: part for key, part in cast("Mapping[str, Any]", item).items() if key in names}
            if isinstance(item, Mapping)
            else item
            for item in cast("list[object]", value)
        ]

    def _names_in_items(self, prop: PropertyDefinition) -> Mapping[str, str]:
        """Return the Python names of the keys by their camelCase names, if *prop* is a list of one of our types."""
        definition = self.get_type_definition(prop.items) if prop.items and prop.items.ref else None
        return definition.properties_mapping if definition else {}

    def _unknown_keys(self, inputs: Mapping[str, Any], component_def: ComponentDefinition) -> list[Path]:
        """Return the paths of keys that are not in the schema."""
        paths: list[Path] = []
        for key, value in inputs.items():
            prop = component_def.inputs.get(key)
            if prop is None:
                paths.append((key,))
            elif (names := self._names_in_items(prop)) and isinstance(value, list):
                for index, item in enumerate(cast("list[object]", value)):
                    if isinstance(item, Mapping):
                        paths += [(key, index, name) for name in cast("Mapping[str, Any]", item) if name not in names]
        return paths
