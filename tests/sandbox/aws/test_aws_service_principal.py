"""EKS calls STS as the service `pods.eks.amazonaws.com` (EKS User Guide, "Pod Identity role")."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from sandbox.aws import service_headers
from tests.sandbox.aws.emulated_aws import (
    PODS,
    ROOT,
    SERVICE,
    SOURCE,
    TARGET,
    Chain,
    client,
    client_sending,
    cluster_arn,
    is_denied,
    refusal,
    statement,
    tags,
)


def test_the_service_assumes_a_role_that_trusts_it(chain: Chain) -> None:
    credentials = chain.session()

    arn = client(chain.aws, "sts", credentials=credentials).get_caller_identity()["Arn"]

    assert arn.startswith(f"arn:aws:sts::{SOURCE}:assumed-role/")
    assert arn.endswith("/eks-dev-pod")


def test_a_role_that_trusts_another_service_is_denied_to_it(chain: Chain) -> None:
    role = chain.role(statement({"Service": "ec2.amazonaws.com"}))

    assert is_denied(lambda: chain.pods(role))


def test_a_misspelled_service_is_denied(chain: Chain) -> None:
    role = chain.role(statement({"Service": "pod.eks.amazonaws.com"}))

    assert is_denied(lambda: chain.pods(role))


def test_one_of_several_services_is_enough(chain: Chain) -> None:
    role = chain.role(statement({"Service": ["ec2.amazonaws.com", PODS]}))

    assert chain.pods(role)


def test_a_role_that_trusts_only_an_account_is_denied_to_the_service(chain: Chain) -> None:
    role = chain.role(statement(ROOT))

    assert is_denied(lambda: chain.pods(role))


def test_the_root_of_an_account_is_not_a_service(chain: Chain) -> None:
    """MiniStack lets the root key pass for every service."""
    role = chain.role(statement(SERVICE))
    sts = client(chain.aws, "sts")

    assert is_denied(lambda: sts.assume_role(RoleArn=role, RoleSessionName="root"))


def test_a_wrong_secret_is_denied_even_to_the_root(chain: Chain) -> None:
    role = chain.role(statement(SERVICE), statement(ROOT))

    assert is_denied(lambda: chain.pods(role, secret="guessed"))


def test_the_secret_permits_nothing_but_assume_role(chain: Chain) -> None:
    """With the service's headers, the signer makes every other call."""
    sts = client_sending(chain.aws, "sts", {"X-Sandbox-Service-Secret": chain.aws.service_secret})

    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{SOURCE}:root"


def test_a_service_call_has_the_account_and_arn_it_is_made_for(chain: Chain) -> None:
    role = chain.role(statement(SERVICE))
    sts = client_sending(chain.aws, "sts", {"X-Sandbox-Service-Secret": chain.aws.service_secret})

    assert is_denied(lambda: sts.assume_role(RoleArn=role, RoleSessionName="nobody"))


class TestSourceAccount:
    """`aws:SourceAccount` is the account of the cluster."""

    def test_the_account_of_the_cluster_is_admitted(self, chain: Chain) -> None:
        role = chain.role(statement(SERVICE, StringEquals={"aws:SourceAccount": SOURCE}))

        assert chain.pods(role)

    def test_another_account_is_denied(self, chain: Chain) -> None:
        role = chain.role(statement(SERVICE, StringEquals={"aws:SourceAccount": SOURCE}))

        assert is_denied(lambda: chain.pods(role, account=TARGET))

    def test_a_session_has_no_source_account(self, chain: Chain) -> None:
        role = chain.role(statement(ROOT, StringEquals={"aws:SourceAccount": SOURCE}))
        session = chain.session({"Effect": "Allow", "Action": "sts:*", "Resource": "*"})

        assert is_denied(lambda: chain.next(session, role))


class TestSourceArn:
    """`aws:SourceArn` is the ARN of the cluster, never that of an association."""

    def test_the_cluster_is_admitted(self, chain: Chain) -> None:
        role = chain.role(statement(SERVICE, ArnEquals={"aws:SourceArn": cluster_arn("dev")}))

        assert chain.pods(role, "dev")

    def test_another_cluster_is_denied(self, chain: Chain) -> None:
        role = chain.role(statement(SERVICE, ArnEquals={"aws:SourceArn": cluster_arn("dev")}))

        assert is_denied(lambda: chain.pods(role, "prod"))

    def test_the_arn_of_an_association_is_denied(self, chain: Chain) -> None:
        association = cluster_arn("dev").replace("cluster/dev", "podidentityassociation/dev/a-*")
        role = chain.role(statement(SERVICE, ArnLike={"aws:SourceArn": association}))

        assert is_denied(lambda: chain.pods(role, "dev"))


def test_the_service_has_no_principal_arn(chain: Chain) -> None:
    role = chain.role(statement(SERVICE, ArnLike={"aws:PrincipalArn": "*"}))

    assert is_denied(lambda: chain.pods(role))


def test_the_service_sends_no_external_id(chain: Chain) -> None:
    role = chain.role(statement(SERVICE, StringLike={"sts:ExternalId": "*"}))

    assert is_denied(lambda: chain.pods(role))


def test_a_session_of_the_service_may_last_six_hours_whatever_the_role_allows(chain: Chain) -> None:
    """`MaxSessionDuration` does not bind sessions that AWS services assume (IAM User Guide)."""
    role = chain.role(statement(SERVICE), MaxSessionDuration=3600)

    assert chain.pods(role, DurationSeconds=21_600)


def test_a_denial_names_the_caller_the_action_and_the_role(chain: Chain) -> None:
    role = chain.role(statement(ROOT))

    _, message = refusal(lambda: chain.pods(role))

    assert message == f"User: {PODS} is not authorized to perform: sts:AssumeRole on resource: {role}"


def test_concurrent_calls_keep_their_own_service(chain: Chain) -> None:
    role = chain.role(statement(SERVICE))
    headers = service_headers(chain.aws.service_secret, account=SOURCE, cluster_arn=cluster_arn("dev"))
    service, root = client_sending(chain.aws, "sts", headers), client(chain.aws, "sts")

    def is_admitted(sts: Any) -> bool:
        try:
            return bool(sts.assume_role(RoleArn=role, RoleSessionName="eks-dev-pod"))
        except ClientError:
            return False

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(is_admitted, [service, root] * 100))

    assert answers == [True, False] * 100


class TestTrustWithoutTags:
    """The narrowest trust without session tags: the cluster's ARN, and no request tag of a ServiceAccount.

    A call with tags comes from an association of another workload, whose tags name it.
    """

    def trusting(self, chain: Chain) -> str:
        condition = {
            "StringEquals": {"aws:SourceAccount": SOURCE},
            "ArnEquals": {"aws:SourceArn": cluster_arn("dev")},
            "Null": {"aws:RequestTag/kubernetes-service-account": "true"},
        }
        return chain.role(statement(SERVICE, **condition))

    def test_a_call_without_tags_is_admitted(self, chain: Chain) -> None:
        assert chain.pods(self.trusting(chain), "dev")

    def test_a_call_with_tags_is_denied(self, chain: Chain) -> None:
        pod = tags(kubernetes_namespace="payments", kubernetes_service_account="other")

        assert is_denied(lambda: chain.pods(self.trusting(chain), "dev", Tags=pod))

    def test_another_cluster_is_denied(self, chain: Chain) -> None:
        assert is_denied(lambda: chain.pods(self.trusting(chain), "staging"))
