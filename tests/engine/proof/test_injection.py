"""What the webhook puts into a pod, compared with the manifest that the EKS User Guide shows.

It is in the section "how EKS Pod Identity works".
"""

from pathlib import Path

import pytest

from proof_case import REGION, Case, wait_until
from sandbox.eks.webhook import start_webhook

FOLDER = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"


@pytest.mark.claim(8, part="real")
def test_the_token_file_variable_has_the_documented_value(case: Case):
    case.associate(case.role("api", case.trust()))

    injection = case.injected_pod().injection

    assert injection is not None
    assert injection.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] == f"{FOLDER}/eks-pod-identity-token"


@pytest.mark.claim(9, part="real")
def test_the_credentials_address_is_the_documented_one(case: Case, webhook_binary: Path):
    """The webhook's own default; its name sorts before the sandbox's, which does not change existing variables."""
    case.associate(case.role("api", case.trust()))
    case.injected_pod()
    documented = start_webhook(
        case.folder / "webhook",
        webhook_binary,
        kubernetes=case.kubernetes,
        token=case.token,
        kubeconfig=case.kubeconfig,
        region=REGION,
        feed=case.feed_directory / "feed" / "identities.json",
        credentials_uri=None,
        name=f"documented-{case.namespace}",
        namespace=case.namespace,
    )
    try:

        def address() -> str | None:
            injection = case.pod(name="documented", dry_run=True).injection
            assert injection is not None
            value = injection.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
            return None if "127.0.0.1" in value else value

        assert wait_until(address, "the API server calls the second webhook") == "http://169.254.170.23/v1/credentials"
    finally:
        case.api.delete(
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/" + f"documented-{case.namespace}"
        )
        documented.stop()


@pytest.mark.claim(10, part="real")
def test_the_token_is_mounted_read_only_at_the_documented_path(case: Case):
    case.associate(case.role("api", case.trust()))

    injection = case.injected_pod().injection

    assert injection is not None
    assert injection.mount["mountPath"].rstrip("/") == FOLDER
    assert injection.mount["readOnly"] is True
    assert injection.mount["name"] == "eks-pod-identity-token"


@pytest.mark.claim(11, part="real")
def test_the_volume_projects_a_token_for_the_documented_audience_path_and_mode(case: Case):
    case.associate(case.role("api", case.trust()))

    injection = case.injected_pod().injection

    assert injection is not None
    assert injection.volume["projected"]["defaultMode"] == 420
    assert injection.projection["audience"] == "pods.eks.amazonaws.com"
    assert injection.projection["path"] == "eks-pod-identity-token"


@pytest.mark.claim(11, part="real")
def test_the_token_lives_about_a_day(case: Case):
    """The guide says 86,400 s; the webhook's code takes up to two hours off, so that tokens do not expire together."""
    case.associate(case.role("api", case.trust()))

    injection = case.injected_pod().injection

    assert injection is not None
    assert 79_200 <= injection.lifetime_seconds <= 86_400


@pytest.mark.claim(12, part="real")
def test_a_service_account_without_an_association_gets_nothing(case: Case):
    case.associate(case.role("api", case.trust()))
    case.injected_pod()

    assert case.pod("other", name="other").injection is None


@pytest.mark.claim(12, part="real")
def test_a_pod_admitted_before_its_association_gets_nothing_until_it_is_recreated(case: Case):
    early = case.pod(name="early")
    case.associate(case.role("api", case.trust()))
    recreated = case.injected_pod(name="late")

    unchanged = case.api.get(f"/api/v1/namespaces/{case.namespace}/pods/early")
    assert early.injection is None
    assert "AWS_CONTAINER" not in str(unchanged["spec"])
    assert recreated.injection is not None


@pytest.mark.claim(14, part="real")
def test_a_pod_of_the_same_service_account_name_in_another_namespace_gets_nothing(case: Case):
    case.associate(case.role("api", case.trust()))
    case.injected_pod()

    elsewhere = case.pod("api", namespace=f"{case.namespace}-elsewhere")

    assert elsewhere.injection is None
    case.api.delete(f"/api/v1/namespaces/{case.namespace}-elsewhere")


@pytest.mark.claim(1, part="real")
def test_the_service_account_needs_no_annotation(case: Case):
    case.associate(case.role("api", case.trust()))
    case.injected_pod()

    account = case.api.get(f"/api/v1/namespaces/{case.namespace}/serviceaccounts/api")

    assert "annotations" not in account["metadata"]


def test_a_container_that_brings_its_own_address_is_left_alone(case: Case):
    """The webhook's code: where a container defines one of the two variables, neither is added."""
    case.associate(case.role("api", case.trust()))
    case.injected_pod()

    own = case.pod(name="own", env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/"})

    assert own.injection is None


def test_a_container_named_in_the_skip_annotation_is_left_alone(case: Case):
    case.associate(case.role("api", case.trust()))
    case.injected_pod()

    skipped = case.pod(name="skipped", annotations={"eks.amazonaws.com/skip-containers": "workload"})

    assert skipped.injection is None


def test_the_token_lifetime_can_be_chosen_by_annotation(case: Case):
    case.associate(case.role("api", case.trust()))

    injection = case.injected_pod(annotations={"eks.amazonaws.com/token-expiration": "3600"}).injection

    assert injection is not None
    assert injection.lifetime_seconds == 3600


@pytest.mark.claim(17, part="real")
def test_an_association_that_is_not_yet_visible_leaves_the_pod_without_credentials(case: Case):
    """Associations are eventually consistent. Here the webhook's list has the delay."""
    from sandbox.eks import delay_feed  # noqa: PLC0415 - only this test slows it

    delay_feed(case.feed_directory, 2.0)
    try:
        case.associate(case.role("api", case.trust()))
        at_once = case.pod(name="at-once")
        later = case.injected_pod(name="later")
    finally:
        delay_feed(case.feed_directory, 0.0)

    assert at_once.injection is None
    assert later.injection is not None
