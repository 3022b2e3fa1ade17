"""Pod Identity together with IRSA: what the webhook injects for a ServiceAccount with both, and what the SDK uses.

Sources: EKS User Guide "how EKS Pod Identity works"; the webhook's code; the order of botocore's resolver. The token
of IRSA is a real one of the API server; the emulator's STS judges the trust by its claims and does not verify its
signature.
"""

import json
from pathlib import Path

import jwt
import pytest

from proof_case import REGION, Case, wait_until
from sandbox.proof.pods import Pod

ADDRESS = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
IRSA_STEP = "assume-role-with-web-identity"


@pytest.mark.claim(7, part="real")
def test_with_irsa_instead_the_webhook_sets_other_variables_for_another_step(case: Case):
    """IRSA: a role annotation, a token for `sts.amazonaws.com`, and the SDK's own AssumeRoleWithWebIdentity."""
    role = f"arn:aws:iam::{case.account}:role/irsa"
    annotate(case, role)

    pod = wait_for_irsa(case)

    environment = {item["name"]: item.get("value") for item in pod["spec"]["containers"][0]["env"]}
    volumes = json.dumps(pod["spec"]["volumes"])
    assert environment["AWS_ROLE_ARN"] == role
    assert environment["AWS_WEB_IDENTITY_TOKEN_FILE"] == "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
    assert ADDRESS not in environment
    assert '"audience": "sts.amazonaws.com"' in volumes


def test_an_association_wins_over_the_irsa_annotation_for_new_pods(case: Case):
    """The webhook's code: with an association it adds the container variables and not those of IRSA."""
    annotate(case, f"arn:aws:iam::{case.account}:role/irsa")
    wait_for_irsa(case)
    case.associate(case.role("api", case.trust()))

    pod = case.injected_pod()

    assert pod.injection is not None
    assert "AWS_ROLE_ARN" not in pod.injection.environment
    assert case.run(pod).method == "container-role"


def test_a_role_that_trusts_irsa_too_is_reached_through_the_association(case: Case):
    """Dual trust, the step before the migration from IRSA: one policy has both statements."""
    issuer = f"arn:aws:iam::{case.account}:oidc-provider/oidc.eks.{REGION}.amazonaws.com/id/EXAMPLE"
    annotate(case, f"arn:aws:iam::{case.account}:role/api")
    case.associate(case.role("api", case.trust(irsa_provider_arn=issuer)))

    run = case.run_api()

    assert run.method == "container-role"
    assert run.arn is not None


def irsa_token(case: Case, pod: Pod) -> Path:
    """Return the token that a kubelet projects for IRSA."""
    answer = case.api.create(
        f"/api/v1/namespaces/{pod.namespace}/serviceaccounts/{pod.service_account}/token",
        {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {
                "audiences": ["sts.amazonaws.com"],
                "expirationSeconds": 86_400,
                "boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": pod.name, "uid": pod.uid},
            },
        },
    )
    file = case.folder / "irsa-token"
    file.write_text(answer["status"]["token"])
    return file


@pytest.mark.claim(5, part="real SDK; agent stand-in")
@pytest.mark.claim(7, part="real SDK and token; STS emulated")
def test_on_a_role_that_trusts_both_irsa_variables_in_the_container_win_over_the_association(case: Case):
    """Web identity comes before the container's step.

    A pod with its variables in the manifest uses IRSA until they are removed.
    """
    token = irsa_token(case, case.pod(name="before"))
    issuer = jwt.decode(token.read_text(), options={"verify_signature": False})["iss"].removeprefix("https://")
    role = case.role("api", case.trust(irsa_provider_arn=f"arn:aws:iam::{case.account}:oidc-provider/{issuer}"))
    case.associate(role)
    pod = case.injected_pod()

    both = case.run(pod, own={"AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": str(token)})
    after = case.run(pod)

    assert (both.method, after.method) == (IRSA_STEP, "container-role")
    for run in (both, after):
        assert run.arn is not None
        assert run.arn.startswith(f"arn:aws:sts::{case.account}:assumed-role/api/")


def annotate(case: Case, role_arn: str) -> None:
    """Give the ServiceAccount `api` the annotation of IRSA."""
    for collection, kind, name, more in (
        ("/api/v1/namespaces", "Namespace", case.namespace, {}),
        (
            f"/api/v1/namespaces/{case.namespace}/serviceaccounts",
            "ServiceAccount",
            "api",
            {"annotations": {"eks.amazonaws.com/role-arn": role_arn}},
        ),
    ):
        case.api.apply(f"{collection}/{name}", {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **more}})


def wait_for_irsa(case: Case) -> dict:
    """Return the manifest of a pod that the webhook, which watches ServiceAccounts, has given IRSA's variables."""

    def injected_manifest() -> dict | None:
        manifest = dict(case.pod(name="irsa", dry_run=True).manifest)
        return manifest if "AWS_ROLE_ARN" in json.dumps(manifest) else None

    return wait_until(injected_manifest, "the webhook sees the annotation")
