"""The plugin: serves the components to programs in any Pulumi language."""

import difflib
import inspect
import json
from collections.abc import Mapping
from typing import Any, cast

import pulumi
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from eks_pod_identity._version import __version__
from pulumi_eks_pod_identity.deployment import inside_plugin
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.pod_identity import PodIdentity
from pulumi_eks_pod_identity.pod_identity_agent import PodIdentityAgent
from pulumi_eks_pod_identity.pod_identity_role import PodIdentityRole
from pulumi_eks_pod_identity.pod_identity_target_role import PodIdentityTargetRole
from pulumi_eks_pod_identity.properties import PACKAGE

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
    arguments that the schema does not have, without a word.
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
        self._refuse_unknown(resource_type, inputs)
        token = inside_plugin.set(True)
        try:
            return super().construct(name, resource_type, dict(inputs), options)
        except ComponentInitError as error:
            if isinstance(error.inner, PodIdentityInputError):
                raise error.inner.respelled() from None
            raise
        finally:
            inside_plugin.reset(token)

    def _refuse_unknown(self, resource_type: str, inputs: Mapping[str, Any]) -> None:
        known = self._component_defs[resource_type.rsplit(":", maxsplit=1)[-1]].inputs
        unknown = [key for key in inputs if key not in known]
        if not unknown:
            return
        errors: list[pulumi.errors.InputPropertyErrorDetails] = []
        for key in unknown:
            near = difflib.get_close_matches(key, known, n=1)
            fix = f"Did you mean '{near[0]}'?" if near else f"The keys are {', '.join(sorted(known))}."
            errors.append({"property_path": key, "reason": f"There is no such key. {fix}"})
        raise pulumi.InputPropertiesError(f"{resource_type}: unknown keys.", errors)


def _dedented(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: inspect.cleandoc(item) if key == "description" and isinstance(item, str) else _dedented(item)
            for key, item in cast("dict[str, Any]", value).items()
        }
    return [_dedented(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value
