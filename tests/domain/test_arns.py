"""ARNs are built for any partition, and a wrong one is refused in the words of its argument."""

import pytest

from eks_pod_identity.errors import RuleError
from eks_pod_identity.values import arns


def test_a_cluster_arn():
    assert arns.cluster("aws-cn", "cn-north-1", "111122223333", "dev") == (
        "arn:aws-cn:eks:cn-north-1:111122223333:cluster/dev"
    )


def test_a_role_arn_with_its_path():
    assert arns.role("aws", "111122223333", "api", "/workloads/") == "arn:aws:iam::111122223333:role/workloads/api"


def test_an_arn_is_equal_after_parsing_and_formatting():
    text = "arn:aws:eks:eu-west-1:111122223333:podidentityassociation/dev/a-12345678901234567"

    assert str(arns.parse(text)) == text


def test_the_name_of_a_role_is_without_its_path():
    assert arns.role_name_of("arn:aws:iam::111122223333:role/a/b/api") == "api"


@pytest.mark.parametrize(
    "value",
    [
        "arn:aws:iam::111122223333:user/x",
        "arn:aws:iam::1111:role/x",
        "arn:aws-gov:iam::111122223333:role/x",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:sts::111122223333:assumed-role/x/y",
        "api",
        "",
        None,
    ],
)
def test_a_text_that_is_not_a_role_arn_is_refused(value):
    with pytest.raises(RuleError):
        arns.role_arn(value)


@pytest.mark.parametrize(
    "value", ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws-cn:iam::111122223333:policy/a/b"]
)
def test_a_managed_policy_is_of_aws_or_of_an_account(value):
    assert arns.managed_policy_arn(value) == value


def test_a_role_is_not_a_managed_policy():
    with pytest.raises(RuleError, match="not the ARN of a managed policy"):
        arns.managed_policy_arn("arn:aws:iam::111122223333:role/x")


def test_an_oidc_provider():
    value = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"

    assert arns.oidc_provider_arn(value) == value


@pytest.mark.parametrize("value", ["aws", "aws-cn", "aws-us-gov"])
def test_partitions(value):
    assert arns.partition(value) == value


def test_a_region_is_not_a_partition():
    with pytest.raises(RuleError, match="not an AWS partition"):
        arns.partition("eu-west-1")


def test_an_arn_inside_an_arn_is_refused():
    with pytest.raises(RuleError, match="not the ARN"):
        arns.role_arn("arn:aws:iam::arn:aws:iam::111122223333:role/api")


@pytest.mark.parametrize(
    "issuer",
    [
        "oidc.eu-west-1.eks.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
        "oidc.eks.eu-west-1.amazonaws.com",
        "oidc.eks.eu-west-1.amazonaws.com.cn/id/EXAMPLED539D4633E53DE1B716D3041E",
        "oidc.eks.cn-north-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
        "oidc.eks.eu-west-1.amazonaws.eu/id/EXAMPLED539D4633E53DE1B716D3041E",
        "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE/",
        "oidc",
    ],
)
def test_an_issuer_that_no_cluster_has_is_refused(issuer):
    with pytest.raises(RuleError, match="not the issuer of an EKS cluster"):
        arns.oidc_provider_arn(f"arn:aws:iam::111122223333:oidc-provider/{issuer}")


@pytest.mark.parametrize(
    "issuer",
    [
        "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
        "oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLED539D4633E53DE1B716D3041E",
        "oidc.eks.us-gov-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
        "oidc.eks.eusc-de-east-1.amazonaws.eu/id/EXAMPLED539D4633E53DE1B716D3041E",
        "oidc-eks.eu-west-1.api.aws/id/EXAMPLED539D4633E53DE1B716D3041E",
        "kubernetes.example.org/oidc",
    ],
)
def test_the_issuers_of_clusters_are_accepted(issuer):
    arn = f"arn:aws:iam::111122223333:oidc-provider/{issuer}"

    assert arns.oidc_provider_arn(arn) == arn
