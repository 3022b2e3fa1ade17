"""The SDK's default chain around Pod Identity: boto3's own, without a configured provider.

Source: EKS User Guide "how EKS Pod Identity works", and the order of botocore's resolver.
"""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.credentials import ContainerProvider, RefreshableCredentials

from proof_case import REGION, Case, read, reading, wait_until
from sandbox.eks import start_agent
from sandbox.engine import binaries
from sandbox.faults import Fault, FaultProxy, Kind, Plan
from sandbox.proof.node import PYTHON, go_sdk

ADDRESS = "AWS_CONTAINER_CREDENTIALS_FULL_URI"


def provider(case: Case, variables: dict[str, str]) -> RefreshableCredentials:
    """Return the container provider named in code."""
    credentials = ContainerProvider(environ=variables).load()
    assert isinstance(credentials, RefreshableCredentials)
    return credentials


@pytest.mark.claim(3, part="real SDK; agent stand-in")
def test_the_default_chain_finds_the_credentials_in_its_container_step(case: Case):
    case.associate(case.role("api", case.trust()))

    assert case.run_api().method == "container-role"


@pytest.mark.claim(4, part="real SDK; agent stand-in")
def test_the_container_provider_can_be_named_in_code(case: Case):
    case.associate(case.role("api", case.trust()))

    named = provider(case, case.variables(case.injected_pod()))

    assert named.access_key.startswith("ASIA")


@pytest.mark.claim(13, part="real SDK; agent stand-in")
def test_without_the_variables_the_sdk_finds_nothing(case: Case):
    case.associate(case.role("api", case.trust()))

    run = case.run(case.injected_pod(), without=[ADDRESS], own={"AWS_EC2_METADATA_DISABLED": "true"})

    assert not run.credentials.ok
    assert run.credentials.message == "Unable to locate credentials"


@pytest.mark.claim(2, part="stand-in")
def test_the_credentials_come_from_eks_auth_through_the_agent(case: Case):
    case.associate(case.role("api", case.trust()))
    pod = case.injected_pod()

    case.run(pod)

    (event,) = case.events(pod)
    assert (event["event"], event["cluster"], event["serviceAccount"]) == ("assumed", "main", "api")


@pytest.mark.claim(3, part="real SDK; agent stand-in")
def test_the_default_chain_of_the_sdk_for_go_finds_the_credentials_too(case: Case):
    bucket = case.bucket("invoices", "2026/a", "archive/a")
    case.associate(case.role("api", case.trust(), reading(bucket, "2026/*")))
    sdk = go_sdk(binaries(["proof-go"])["proof-go"])

    run = case.run(case.injected_pod(), read(bucket, "2026/a"), read(bucket, "archive/a"), sdk=sdk)

    assert run.method == sdk.container_step
    assert run.arn is not None
    assert run.arn.startswith(f"arn:aws:sts::{case.account}:assumed-role/api/")
    assert [(each.ok, each.denied) for each in run.actions] == [(True, False), (False, True)]


@pytest.mark.parametrize("language", ["Python", "Go"])
def test_the_workload_repeats_a_call_whose_connection_broke(case: Case, language: str):
    case.associate(case.role("api", case.trust()))
    sdk = PYTHON if language == "Python" else go_sdk(binaries(["proof-go"])["proof-go"])

    with FaultProxy(case.aws, Plan([Fault(Kind.DROP, "sts:GetCallerIdentity", times=1)])) as proxy:
        case.aws = proxy.url
        run = case.run(case.injected_pod(), sdk=sdk)

    assert proxy.plan.injected == [("sts:GetCallerIdentity", Kind.DROP)]
    assert run.identity is not None
    assert run.identity.ok, run.identity.message


@pytest.mark.claim(5, part="real SDK; agent stand-in")
def test_access_keys_in_the_environment_keep_winning(case: Case):
    case.associate(case.role("api", case.trust()))

    run = case.run(case.injected_pod(), own={"AWS_ACCESS_KEY_ID": case.account, "AWS_SECRET_ACCESS_KEY": "old"})

    assert run.method == "env"
    assert run.arn == f"arn:aws:iam::{case.account}:root"


@pytest.mark.claim(5, part="real SDK; agent stand-in")
def test_a_shared_credentials_file_keeps_winning(case: Case):
    case.associate(case.role("api", case.trust()))
    file = case.folder / "credentials"
    file.write_text(f"[default]\naws_access_key_id = {case.account}\naws_secret_access_key = old\n")

    run = case.run(case.injected_pod(), own={"AWS_SHARED_CREDENTIALS_FILE": str(file)})

    assert run.method == "shared-credentials-file"


@pytest.mark.claim(5, part="real SDK; agent stand-in")
def test_web_identity_variables_in_the_container_keep_winning(case: Case):
    """IRSA's step comes before the container's, so its variables in the manifest itself win.

    Here they lead nowhere.
    """
    case.associate(case.role("api", case.trust()))
    token = case.folder / "token"
    token.write_text("no token")

    run = case.run(
        case.injected_pod(),
        own={
            "AWS_ROLE_ARN": f"arn:aws:iam::{case.account}:role/irsa",
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        },
    )

    assert run.method == "assume-role-with-web-identity"
    assert not run.credentials.ok


@pytest.mark.claim(6, part="real SDK; agent stand-in")
def test_creating_the_association_first_and_deleting_old_keys_later_never_leaves_the_workload_without(case: Case):
    bucket = case.bucket("invoices", "a")
    old = {"AWS_ACCESS_KEY_ID": case.account, "AWS_SECRET_ACCESS_KEY": "old"}
    before = case.run(case.pod(name="before"), read(bucket, "a"), own=old)
    case.associate(case.role("api", case.trust(), reading(bucket)))

    both = case.run(case.injected_pod(name="both"), read(bucket, "a"), own=old)
    after = case.run(case.injected_pod(name="after"), read(bucket, "a"))

    assert [run.method for run in (before, both, after)] == ["env", "env", "container-role"]
    assert all(run.actions[0].ok for run in (before, both, after))


@pytest.mark.claim(15, part="real SDK; agent stand-in")
def test_the_credentials_are_temporary(case: Case):
    """Six hours without a target role."""
    case.associate(case.role("api", case.trust()))

    credentials = provider(case, case.variables(case.injected_pod()))

    left = credentials._expiry_time - datetime.now(UTC)
    assert timedelta(hours=5, minutes=58) < left <= timedelta(hours=6, minutes=1)


@pytest.mark.claim(15, part="real SDK; agent stand-in")
def test_credentials_of_a_target_role_live_an_hour(case: Case):
    target = case.target_role(account=case.target_account)
    case.associate(case.source_role(target), targetRoleArn=target)

    credentials = provider(case, case.variables(case.injected_pod()))

    left = credentials._expiry_time - datetime.now(UTC)
    assert timedelta(minutes=58) < left <= timedelta(minutes=61)


@pytest.mark.claim(15, part="real SDK; agent stand-in")
def test_the_sdk_renews_credentials_before_they_expire(case: Case):
    """The agent renews in the background (every second here), and the SDK asks again near the end of what it has."""
    case.associate(case.role("api", case.trust()))
    agent, case.agent = start_agent(
        case.folder, auth=case.auth, cluster="main", account=case.account, region=REGION, renewal_seconds=1
    )
    try:
        variables = case.variables(case.injected_pod())
        credentials = provider(case, variables)
        first = credentials.get_frozen_credentials().access_key
        wait_until(lambda: provider(case, variables).access_key != first, "the agent renews")
        unchanged = credentials.get_frozen_credentials().access_key
        # Five hours and fifty minutes later, for the SDK: past its own margin of ten to fifteen minutes.
        credentials._time_fetcher = lambda: datetime.now(UTC) + timedelta(hours=5, minutes=50)
        renewed = credentials.get_frozen_credentials().access_key
    finally:
        agent.stop()

    assert unchanged == first
    assert renewed != first


def test_a_changed_role_is_not_seen_by_a_pod_whose_credentials_are_cached(case: Case):
    """EKS User Guide, target role: changes do not flush the agent's cache; recreate the pods."""
    first = case.role("first", case.trust())
    second = case.role("second", case.trust())
    association = case.associate(first)["associationId"]
    pod = case.injected_pod()
    variables = case.variables(pod)
    before = provider(case, variables).access_key
    case.client("eks").update_pod_identity_association(clusterName="main", associationId=association, roleArn=second)

    cached = provider(case, variables).access_key
    recreated = case.run(case.injected_pod(name="recreated"))

    assert cached == before
    assert recreated.arn is not None
    assert "/second/" in recreated.arn


def test_credentials_outlive_their_association(case: Case):
    """Deleting an association does not revoke sessions; a new pod gets nothing."""
    bucket = case.bucket("invoices", "a")
    association = case.associate(case.role("api", case.trust(), reading(bucket)))["associationId"]
    pod = case.injected_pod()
    variables = case.variables(pod)
    credentials = provider(case, variables)
    case.client("eks").delete_pod_identity_association(clusterName="main", associationId=association)

    again = provider(case, variables)

    assert again.access_key == credentials.access_key
