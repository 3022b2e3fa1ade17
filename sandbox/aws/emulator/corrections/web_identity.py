"""`StringEquals` matches the audience of a Kubernetes token.

Kubernetes writes `aud` as a list, of one audience where one was asked for; AWS compares that audience. Every trust
policy of IRSA relies on it: `StringEquals` `<issuer>:aud` = `sts.amazonaws.com` (EKS User Guide, "IAM roles for
service accounts").

MiniStack compares the list itself with the text.
"""

from typing import Any

from sandbox.aws.emulator.patching import replace


def apply() -> None:
    """Use the audience as text if the token has exactly one."""
    replace("services.sts._web_identity_principal", "token provider_id role_arn", _one_audience)


def _one_audience(original: Any) -> Any:
    def web_identity_principal(token: str, provider_id: str, role_arn: str) -> tuple[str, dict[str, Any]]:
        principal, keys = original(token, provider_id, role_arn)
        return principal, {name: _plain(value) for name, value in keys.items()}

    return web_identity_principal


def _plain(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
