"""`aws:PrincipalArn` of a role session is the ARN of the role, with its path.

AWS: "for IAM roles, the request context returns the ARN of the role, not the ARN of the user that assumed the role"
(IAM User Guide, global condition keys). AWS's own target role policy relies on it: `ArnEquals` `aws:PrincipalArn` =
the source role (EKS User Guide, "target IAM role").

MiniStack uses the ARN of the session, `arn:aws:sts::…:assumed-role/…`.
"""

from typing import Any

from sandbox.aws.emulator.patching import lookup, replace


def apply() -> None:
    """Resolve the key to the role."""
    replace("core.iam_evaluator._resolve_condition_key", "key ctx", _role_arn)


def _role_arn(original: Any) -> Any:
    def resolve_condition_key(key: str, ctx: Any) -> Any:
        if key.lower() == "aws:principalarn" and ctx.principal_type == "AssumedRole":
            return role_of_session(ctx.principal_arn)
        return original(key, ctx)

    return resolve_condition_key


def role_of_session(session_arn: str) -> str:
    """Return the ARN of the role of the session *session_arn*; without its path if the role was deleted."""
    partition, account = session_arn.split(":")[1], session_arn.split(":")[4]
    name = session_arn.split(":assumed-role/", 1)[1].split("/", 1)[0]
    role = lookup("services.iam")._roles.get_scoped(account, None, name)
    return role["Arn"] if role else f"arn:{partition}:iam::{account}:role/{name}"
