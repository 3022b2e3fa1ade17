"""The document that `aws.iam.get_policy_document` returns, for programs under mocks."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

_ELEMENTS = {
    "sid": "Sid",
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}


def policy_document(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the provider answers: the arguments, and the document as JSON text.

    Statements of `source_policy_documents` come first. A later statement replaces one with the same Sid, and so does
    one of `override_policy_documents`. `&{key}` stands for `${key}`, which Terraform would interpolate.
    """
    document: dict[str, Any] = {"Version": arguments.get("version") or "2012-10-17"}
    document["Statement"] = _merge(
        [
            *_statements_in(arguments.get("sourcePolicyDocuments")),
            *(_statement(each) for each in _maps(arguments, "statements")),
            *_statements_in(arguments.get("overridePolicyDocuments")),
        ]
    )
    return {
        **arguments,
        "json": json.dumps(document, indent=2).replace("&{", "${"),
        "minifiedJson": json.dumps(document).replace("&{", "${"),
    }


def _merge(statements: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    merged: list[dict[str, Any]] = []
    for statement in statements:
        sid = statement.get("Sid")
        earlier = next((index for index, each in enumerate(merged) if sid and each.get("Sid") == sid), None)
        if earlier is None:
            merged.append(statement)
        else:
            merged[earlier] = statement
    return merged


def _statements_in(texts: Sequence[str] | None) -> Iterable[dict[str, Any]]:
    for text in texts or []:
        statements: Any = json.loads(text)["Statement"] if text else []
        yield from cast("list[Any]", statements) if isinstance(statements, list) else [statements]


def _statement(arguments: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": arguments.get("effect") or "Allow"}
    statement |= {name: arguments[key] for key, name in _ELEMENTS.items() if arguments.get(key)}
    for key, name in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        principals: dict[str, list[str]] = {}
        for principal in _maps(arguments, key):
            principals.setdefault(principal["type"], []).extend(principal["identifiers"])
        if principals:
            statement[name] = "*" if principals == {"*": ["*"]} else principals
    conditions: dict[str, dict[str, list[str]]] = {}
    for condition in _maps(arguments, "conditions"):
        values = conditions.setdefault(condition["test"], {}).setdefault(condition["variable"], [])
        values.extend(condition["values"])
    return statement | ({"Condition": conditions} if conditions else {})


def _maps(arguments: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    return cast("Sequence[Mapping[str, Any]]", arguments.get(key) or [])
