"""The checks that EKS makes before it accepts an association.

AWS checks the role: it is in the cluster's account ("Cross-account pass role is not allowed", also for an empty ARN),
it exists ("Role provided in the request does not exist"), and its trust allows the service both `sts:AssumeRole` and
`sts:TagSession` ("Trust policy of the role provided is invalid"); conditions are accepted as they are (messages:
Terraform provider and issues 34711 and 41483 there, eksctl 8718).

It checks the session policy: only with `disableSessionTags`, JSON, at most 2,048 characters, the grammar of an
identity policy (EKS API; AWS Containers blog, "Session policies"). The wording of these errors is ours: AWS does not
document its own.
"""

import json
import re
from typing import Any

from sandbox.aws.emulator.corrections.service_principal import PRINCIPAL
from sandbox.aws.emulator.eks import Rejected
from sandbox.aws.emulator.patching import lookup

_NEEDED = ("sts:AssumeRole", "sts:TagSession")
_LONGEST_POLICY = 2_048
_POLICY_CHARACTERS = re.compile(r"[\t\n\r\x20-\xff]+")


def check_role(arn: str, account: str) -> None:
    """Reject a source role that EKS would not accept."""
    parts = arn.split(":")
    if len(parts) < 6 or parts[4] != account or not parts[5].startswith("role/"):  # noqa: PLR2004 - fields of an ARN
        raise Rejected("InvalidParameterException", "Cross-account pass role is not allowed.")
    role = lookup("services.iam")._roles.get_scoped(account, None, arn.rsplit("/", 1)[-1])
    if role is None or role["Arn"] != arn:
        raise Rejected("InvalidParameterException", "Role provided in the request does not exist.")
    if not all(_trusts_pods(role["AssumeRolePolicyDocument"], action) for action in _NEEDED):
        raise Rejected("InvalidParameterException", "Trust policy of the role provided is invalid.")


def check_session_policy(association: dict[str, Any]) -> None:
    """Reject a session policy that EKS would not accept with the other members of *association*."""
    policy = association.get("policy")
    if not policy:
        return
    if association.get("disableSessionTags") is not True:
        raise Rejected("InvalidParameterException", "disableSessionTags must be true when policy is specified.")
    if len(policy) > _LONGEST_POLICY:
        raise Rejected(
            "InvalidParameterException", f"policy has more than {_LONGEST_POLICY} characters: {len(policy)}."
        )
    if not _POLICY_CHARACTERS.fullmatch(policy):
        raise Rejected("InvalidParameterException", "policy has characters outside U+0020 to U+00FF.")
    if problem := lookup("core.iam_evaluator").validate_policy_document(policy):
        raise Rejected("InvalidParameterException", f"policy is not valid: {problem}")


def _trusts_pods(document: Any, action: str) -> bool:
    evaluator = lookup("core.iam_evaluator")
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    return any(
        statement.get("Effect") == "Allow"
        and evaluator._service_principal_matches(statement.get("Principal"), PRINCIPAL)
        and evaluator._action_matches(action, _list(statement.get("Action")), _list(statement.get("NotAction")))
        for statement in ([statements] if isinstance(statements, dict) else statements)
    )


def _list(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value
