"""The parts of EKS in the running sandbox, and for each test its own case."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine_project import Project
from faulty_project import FaultyProject
from proof_case import REGION, Case, agent
from sandbox.eks import follow_account, forget_account, start_eks
from sandbox.eks.api_server import ApiServer
from sandbox.engine import binaries
from sandbox.faults import FaultProxy
from sandbox.running import SOURCE_ACCOUNT, Sandbox
from sandbox.seed import create_cluster

_numbers = itertools.count(1)
_WEBHOOK = "amazon-eks-pod-identity-webhook"


@dataclass(frozen=True)
class Parts:
    """The address of EKS Auth, and the folder with settings and logs of the servers."""

    auth: str
    directory: Path


@pytest.fixture(scope="session")
def webhook_binary() -> Path:
    """The real webhook."""
    return binaries([_WEBHOOK])[_WEBHOOK]


@pytest.fixture(scope="session")
def parts(sandbox: Sandbox, webhook_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Webhook, feed and EKS Auth: those of the sandbox, or started here if it has none."""
    if sandbox.eks_auth:
        yield Parts(sandbox.eks_auth, sandbox.directory / "run" / "eks")
        return
    started = start_eks(
        tmp_path_factory.mktemp("eks"),
        webhook=webhook_binary,
        aws=sandbox.aws,
        service_secret=sandbox.service_secret,
        kubernetes=sandbox.kubernetes,
        kubernetes_token=sandbox.token,
        kubeconfig=sandbox.kubeconfig,
        issuer=sandbox.issuer,
        account=SOURCE_ACCOUNT,
        region=REGION,
    )
    yield Parts(started.auth, started.directory)
    for child in started.children:
        child.stop()


@pytest.fixture
def case(running_sandbox: Sandbox, parts: Parts, tmp_path: Path) -> Iterator[Case]:
    """Accounts, a cluster, a namespace and a node's agent that no other test uses."""
    number = next(_numbers)
    account, target_account = f"{300000000000 + number}", f"{400000000000 + number}"
    create_cluster(running_sandbox.aws, "main", account)
    follow_account(parts.directory, account)
    api = ApiServer(running_sandbox.kubernetes, running_sandbox.token)
    new_case = Case(
        account=account,
        target_account=target_account,
        cluster="main",
        namespace=f"case-{number}",
        aws=running_sandbox.aws,
        api=api,
        agent="",
        auth=parts.auth,
        auth_log=parts.directory / "eks-auth.log",
        feed_directory=parts.directory,
        folder=tmp_path,
        kubeconfig=running_sandbox.kubeconfig,
        kubernetes=running_sandbox.kubernetes,
        token=running_sandbox.token,
    )
    with agent(parts.auth, "main", account) as new_case.agent:
        yield new_case
    forget_account(parts.directory, account)
    api.delete(f"/api/v1/namespaces/{new_case.namespace}")


@pytest.fixture
def case_project(project: Project, case: Case, tmp_path: Path) -> Project:
    """A project that deploys into the accounts, the cluster and the namespace of the case."""
    credentials = tmp_path / "case-credentials"
    credentials.write_text(
        "".join(
            f"[{profile}]\naws_access_key_id = {key}\naws_secret_access_key = sandbox\n\n"
            for profile, key in (("default", case.account), ("data", case.target_account))
        )
    )
    environment = {
        **project.pulumi.environment,
        "AWS_ACCESS_KEY_ID": case.account,
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
    }
    return replace(
        project,
        pulumi=replace(project.pulumi, environment=environment),
        account=case.account,
        target_account=case.target_account,
        cluster=case.cluster,
        namespace=case.namespace,
    )


@pytest.fixture
def faulty(project: Project) -> Iterator[FaultyProject]:
    """A project behind a proxy without faults."""
    with FaultProxy(project.sandbox.aws) as proxy:
        environment = {**project.pulumi.environment, "AWS_ENDPOINT_URL": proxy.url}
        yield FaultyProject(replace(project, pulumi=replace(project.pulumi, environment=environment)), proxy)
