"""EKS calls STS as the service principal `pods.eks.amazonaws.com`, which no account can do.

AWS: a trust policy names the service (EKS User Guide, "Pod Identity role"). The call carries `aws:SourceAccount`, the
account of the cluster, and `aws:SourceArn`, the ARN of the cluster (live reports: mountpoint-s3-csi-driver 781,
terraform-aws-eks 3743). The keys of an account's principal, such as `aws:PrincipalArn`, are absent from it.

MiniStack knows neither the keys nor such a caller, and treats the root of an account as every service.

One thing here does not exist at AWS: a request with the secret of this start counts as a call of EKS. It is signed
with the key of the cluster's account, works for AssumeRole only, and cannot be another service.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import replace as changed
from typing import Any

from sandbox.aws.emulator import call as calls
from sandbox.aws.emulator.call import Refused, ServiceCall
from sandbox.aws.emulator.patching import lookup, replace

PRINCIPAL = "pods.eks.amazonaws.com"
_PRINCIPAL_TYPE = "AWSService"
_SECRET, _ACCOUNT, _ARN = "x-sandbox-service-secret", "x-sandbox-source-account", "x-sandbox-source-arn"
_ABSENT = frozenset(
    {"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalorgid", "aws:userid"}
)


def apply() -> None:
    """Make the service a caller with its own condition keys, and the only caller that a `Service` principal admits."""
    replace("services.sts._caller_identity", "headers query_params", _identity)
    replace("core.iam_evaluator._principal_matches", "principal caller_arn", _matching)
    replace("core.iam_evaluator.evaluate_trust_policy", "trust_doc caller_arn ctx", _with_source)
    replace("core.iam_evaluator._resolve_condition_key", "key ctx", _without_account_keys)


def service_call(headers: Mapping[str, str]) -> ServiceCall | None:
    """Return the call of EKS if the headers prove that it is one, None for any other caller.

    Raises:
        Refused: If the secret is wrong, or the call does not name its source account and ARN.
    """
    if _SECRET not in headers:
        return None
    expected = os.environ["SANDBOX_SERVICE_SECRET"]
    if not secrets.compare_digest(headers[_SECRET].encode(), expected.encode()):
        raise Refused("AccessDenied", "The secret of the service call is not that of this emulator.", 403)
    account, arn = headers.get(_ACCOUNT, ""), headers.get(_ARN, "")
    if not account or not arn:
        raise Refused("AccessDenied", "A service call names its source account and source ARN.", 403)
    return ServiceCall(PRINCIPAL, account, arn)


def _service() -> ServiceCall | None:
    call = calls.current()
    return call.service if call else None


def _identity(original: Any) -> Any:
    def caller_identity(headers: Any, query_params: Any = None) -> Any:
        caller = original(headers, query_params)
        service = _service()
        if service is None or not isinstance(caller, dict):
            return caller
        return caller | {
            "accountId": "",
            "userArn": service.principal,
            "userId": service.principal,
            "principalType": _PRINCIPAL_TYPE,
            "principalKeys": {},
        }

    return caller_identity


def _matching(original: Any) -> Any:
    names_service = lookup("core.iam_evaluator")._service_principal_matches

    def principal_matches(principal: Any, caller_arn: str) -> bool:
        if (service := _service()) and caller_arn == service.principal:
            return principal == "*" or names_service(principal, caller_arn)
        if isinstance(principal, dict):
            principal = {
                principal_type: names for principal_type, names in principal.items() if principal_type != "Service"
            }
        return original(principal, caller_arn)

    return principal_matches


def _with_source(original: Any) -> Any:
    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        if (service := _service()) and ctx is not None:
            keys = {
                "aws:sourceaccount": service.source_account,
                "aws:sourcearn": service.source_arn,
                "aws:principalservicename": service.principal,
                "aws:principalisawsservice": "true",
            }
            ctx = changed(ctx, service_context=ctx.service_context | keys)
        return original(trust_doc, caller_arn, ctx)

    return evaluate_trust_policy


def _without_account_keys(original: Any) -> Any:
    def resolve_condition_key(key: str, ctx: Any) -> Any:
        if ctx.principal_type == _PRINCIPAL_TYPE and (
            key.lower() in _ABSENT or key.lower().startswith("aws:principaltag/")
        ):
            return None
        resolved = original(key, ctx)
        return "false" if resolved is None and key.lower() == "aws:principalisawsservice" else resolved

    return resolve_condition_key
