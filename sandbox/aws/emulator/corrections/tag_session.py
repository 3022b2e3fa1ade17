"""`sts:TagSession` is a separate action, which both sides must allow when a session has tags.

AWS: whoever passes session tags, inherited ones included, needs `sts:TagSession` on the role, and the role's trust
must allow it (IAM User Guide, "Pass session tags in AWS STS"; EKS User Guide, "target IAM role"). `sts:ExternalId` and
`sts:RoleSessionName` are keys of AssumeRole, not of TagSession (Service Authorization Reference, AWS STS): a trust
that allows both actions under one external id condition refuses every session with tags.

MiniStack checks the trust policy only, and includes the external id.
"""

from dataclasses import replace as changed
from typing import Any

from sandbox.aws.emulator import call as calls
from sandbox.aws.emulator.patching import lookup, replace

_ACTION = "sts:TagSession"
_KEYS_OF_ASSUME_ROLE = ("sts:externalid", "sts:rolesessionname")


def apply() -> None:
    """Judge TagSession with its own condition keys, and by the caller's policies too."""
    replace("core.iam_evaluator.evaluate_trust_policy", "trust_doc caller_arn ctx", _tagging)


def _tagging(original: Any) -> Any:
    enforce = lookup("core.iam_evaluator").enforce

    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        call = calls.current()
        if call is None or ctx is None or ctx.action != _ACTION:
            return original(trust_doc, caller_arn, ctx)
        keys = {key: value for key, value in ctx.service_context.items() if key not in _KEYS_OF_ASSUME_ROLE}
        if not original(trust_doc, caller_arn, changed(ctx, service_context=keys)):
            return False
        if call.service:
            return True
        tags: dict[str, Any] = {f"aws:requesttag/{tag['Key']}".lower(): tag["Value"] for tag in call.tags}
        tags["aws:tagkeys"] = [tag["Key"] for tag in call.tags]
        return enforce(call.access_key, _ACTION, "sts", ctx.region, ctx.resource_arn, keys | tags) is None

    return evaluate_trust_policy
