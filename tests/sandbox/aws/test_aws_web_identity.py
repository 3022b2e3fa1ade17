"""IRSA's step at the emulator: the claims of a Kubernetes token against the trust policy (EKS User Guide, IRSA)."""

import jwt
import pytest

from tests.sandbox.aws.emulated_aws import SOURCE, Chain, client, is_denied

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
SUBJECT = "system:serviceaccount:payments:api"


@pytest.mark.parametrize(
    ("audiences", "allowed"),
    [(["sts.amazonaws.com"], True), ("sts.amazonaws.com", True), (["pods.eks.amazonaws.com"], False)],
)
def test_the_audience_of_a_token_is_compared_though_kubernetes_writes_a_list(
    chain: Chain, audiences: object, allowed: bool
) -> None:
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{SOURCE}:oidc-provider/{ISSUER}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": SUBJECT}},
    }
    role = chain.role(trust)
    token = jwt.encode({"iss": f"https://{ISSUER}", "aud": audiences, "sub": SUBJECT}, "k" * 32, algorithm="HS256")

    def assume() -> object:
        return client(chain.aws, "sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="api", WebIdentityToken=token
        )

    if allowed:
        assert assume()
    else:
        assert is_denied(assume)
