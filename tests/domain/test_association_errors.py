"""Associations that AWS refuses: how long they are retried, and the commands in the error."""

import shlex

import pytest

from eks_pod_identity import association_errors

URN = (
    "urn:pulumi:dev::shop::eks-pod-identity:index:PodIdentity$aws:eks/podIdentityAssociation:PodIdentityAssociation::"
)
EXISTS = "ResourceInUseException: Association already exists: a-1234567890abcdefg"
INVALID = "InvalidParameterException: Trust policy of the role provided is invalid"
MISSING = "InvalidParameterException: Role provided in the request does not exist"


def advice(errors, *, name="api-association", parent="api", region="", cluster="dev", types=URN):
    return association_errors.advice(
        errors, cluster=cluster, region=region, urn=f"{types}{name}", name=name, parent=parent
    )


def seconds(error):
    """Return for how long an error is retried."""
    waited = 0.0
    for count in range(1, 1000):
        texts = advice([error] * count)
        if texts.retry_after_seconds is None:
            return waited
        waited += texts.retry_after_seconds
    return waited


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [(INVALID, 30, 60), (EXISTS, 20, 30), (MISSING, 0, 0), ("AccessDenied", 0, 0)],
    ids=["trust", "exists", "role", "other"],
)
def test_an_error_is_retried_as_long_as_it_may_pass(error, least, most):
    """The provider itself waits two minutes for a role that does not exist."""
    assert least <= seconds(error) <= most


def commands(text):
    return [shlex.split(line) for line in text.splitlines() if line.startswith("  ")]


def adoption(**more):
    return commands(advice([EXISTS] * 50, **more).text)


@pytest.mark.parametrize("name", ["api-association", "a b-association", "x; rm -rf ~", "$(id)", "a'b", "a::b"])
def test_any_name_is_one_argument_of_the_printed_command(name):
    imported, _ = adoption(name=name, parent=f"{name}-parent")

    assert imported[:5] == [
        "pulumi",
        "import",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        name,
        "dev,a-1234567890abcdefg",
    ]
    urn = f"urn:pulumi:dev::shop::eks-pod-identity:index:PodIdentity::{name}-parent"
    assert imported[imported.index("--parent") + 1] == f"{name}-parent={urn}"


def test_the_types_of_a_nested_component_reach_the_shell_as_they_are():
    types = URN.replace("::eks-pod", "::test:index:Team$eks-pod")

    imported, _ = adoption(types=types)

    assert "test:index:Team$eks-pod-identity:index:PodIdentity::api" in imported[imported.index("--parent") + 1]


def test_a_region_that_is_given_is_part_of_every_command():
    imported, deleted = adoption(region="eu-north-1")

    assert imported[4] == "dev,a-1234567890abcdefg@eu-north-1"
    assert deleted[-2:] == ["--region", "eu-north-1"]
    text = advice(["Association already exists"] * 50, region="eu-north-1").text
    assert "list-pod-identity-associations --cluster-name dev --region eu-north-1" in text


def test_the_error_does_not_advise_a_renamed_component_to_adopt_its_own_association():
    text = advice([EXISTS] * 50).text

    assert text.index("give the component its old name as an alias") < text.index("Otherwise adopt it")
