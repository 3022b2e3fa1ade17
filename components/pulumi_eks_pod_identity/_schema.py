"""The schema of the plugin: what Pulumi infers from the components, completed and corrected.

Every language's SDK is generated from it, so this is where their names are decided.
"""

import ast
import inspect
import itertools
import sys
from collections.abc import Iterator, Mapping
from typing import Any, cast, get_type_hints

import pulumi
from pulumi.provider.experimental.util import camel_case

NAMESPACE = "eks-pod-identity"
"""Set, because the engine otherwise takes the owner of the repository a consumer fetched the package from, and without
an owner the Python SDK would be called `pulumi_eks_pod_identity`: the name of this very package."""

_REPOSITORY = "https://github.com/eks-pod-identity/pulumi-eks-pod-identity"

METADATA = {
    # Shown by `pulumi package info`, and written into the README and the metadata of each SDK.
    "displayName": "EKS Pod Identity",
    "description": (
        "Grants a Kubernetes ServiceAccount on EKS exactly the AWS permissions you intend, through EKS Pod Identity: "
        "the IAM role that only this ServiceAccount can assume, its permissions, and the association."
    ),
    "homepage": _REPOSITORY,
    "repository": _REPOSITORY,
    "license": "Apache-2.0",
    "publisher": NAMESPACE,
    "keywords": ["pulumi", "aws", "eks", "iam", "kubernetes", "pod-identity", "category/cloud", "kind/component"],
    "logoUrl": f"{_REPOSITORY}/raw/main/docs/logo.svg",
}

SDK_NAMES = {
    # The defaults repeat the namespace: `@eks-pod-identity/eks-pod-identity`, `eks_pod_identity_eks_pod_identity`.
    "nodejs": {"packageName": "pulumi-eks-pod-identity"},
    # A Python program that uses the generated SDK may have this package installed too, so neither name can be ours.
    "python": {"packageName": "eks_pod_identity_sdk"},
}


def complete(inferred: Mapping[str, Any], components: Mapping[str, type]) -> dict[str, Any]:
    """Return the schema that consumers get.

    Args:
        inferred: The schema of Pulumi's analyzer.
        components: The classes it was inferred from, by name.
    """
    schema: dict[str, Any] = dict(inferred) | METADATA
    for language, names in SDK_NAMES.items():
        schema["language"][language] |= names
    for token, resource in schema["resources"].items():
        component = components[token.rsplit(":", 1)[1]]
        _describe_shared_arguments(resource["inputProperties"], component)
        _describe_outputs(resource["properties"], component)
        for item in resource["inputProperties"].values():
            # Pulumi's generator for Go does not declare the struct of a type that is only ever plain, and uses it.
            if "$ref" in item.get("items", ()):
                item["items"].pop("plain", None)
    for definition in schema["types"].values():
        for member in definition.get("enum", ()):
            # `SERVICE_ACCOUNT` would stay as it is in TypeScript, and Go would have `TrustScope_SERVICE_ACCOUNT`. From
            # `ServiceAccount` the generators make what each language writes, in Python the original.
            member["name"] = "".join(word.capitalize() for word in member["name"].split("_"))
    return cast("dict[str, Any]", _dedent(schema))


def _describe_shared_arguments(properties: Mapping[str, Any], component: type) -> None:
    """Describe the arguments that a TypedDict inherits: the analyzer reads the class's own body only."""
    args = get_type_hints(component.__init__)["args"]
    for key, description in describe_keys(args).items():
        properties[camel_case(key)].setdefault("description", description)


def _describe_outputs(properties: Mapping[str, Any], component: type) -> None:
    """Describe the outputs, which a component inherits too; the values of a map are described like the map."""
    for base in component.__mro__:
        if issubclass(base, pulumi.ComponentResource) and base is not pulumi.ComponentResource:
            definition = cast("ast.ClassDef", ast.parse(inspect.getsource(base)).body[0])
            for key, description in _attribute_docstrings(definition.body):
                output = properties[camel_case(key)]
                for part in (output, output.get("additionalProperties", {})):
                    part["description"] = description


def describe_keys(args: type) -> dict[str, str]:
    """Return the description of each key of a TypedDict, those of its bases included.

    A TypedDict forgets its bases at run time, so they are looked up by the names in its source.
    """
    definition = cast("ast.ClassDef", ast.parse(inspect.getsource(args)).body[0])
    names = vars(sys.modules[args.__module__])
    descriptions: dict[str, str] = {}
    for base in reversed(definition.bases):
        if isinstance(base, ast.Name) and isinstance(parent := names[base.id], type):
            descriptions |= describe_keys(parent)
    return descriptions | dict(_attribute_docstrings(definition.body))


def _attribute_docstrings(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, following in itertools.pairwise(body):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, text
            case _:
                pass


def _dedent(value: Any) -> Any:
    """Remove the indentation that descriptions, which are docstrings, have in the source."""
    if isinstance(value, dict):
        return {
            key: inspect.cleandoc(item) if key == "description" and isinstance(item, str) else _dedent(item)
            for key, item in cast("dict[str, Any]", value).items()
        }
    return [_dedent(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value
