"""Links between the resources of a stack: by ARN, name and dependency, within regions and accounts."""

from typing import Any

import pytest

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.graph.stack import ClusterId, Link, Stack, region_of
from eks_pod_identity.rules.resource import ADDON, ASSOCIATION, CLUSTER, POLICY, ROLE, ROLE_POLICY, Resource

ACCOUNT, OTHER = "111122223333", "444455556666"
AWS, OTHER_AWS = "urn:provider::aws", "urn:provider::abroad"
BOUND = {"allowedAccountIds": [ACCOUNT]}
BOUND_ELSEWHERE = {"allowedAccountIds": [OTHER]}
NO_LINK = Link(None, is_open=False)
OPEN_LINK = Link(None, is_open=True)


def resource(
    resource_type: str,
    urn: str,
    /,
    *,
    provider: str = AWS,
    bound: dict[str, Any] | None = None,
    depends_on: dict[str, tuple[str, ...]] | None = None,
    **properties: Any,
) -> Resource:
    return Resource(urn, resource_type, urn, properties, depends_on or {}, provider, bound or {})


def arn(name: str, account: str = ACCOUNT, arn_type: str = "role") -> str:
    return f"arn:aws:iam::{account}:{arn_type}/{name}"


def role(name: str = "api", **more: Any) -> Resource:
    return resource(ROLE, more.pop("urn", name), name=name, **more)


def association(role_arn: Any, **more: Any) -> Resource:
    return resource(ASSOCIATION, "association", roleArn=role_arn, **more)


# By ARN


def test_an_arn_of_a_resource_refers_to_it():
    candidate = role(arn=arn("api"))

    assert Stack([candidate]).role(association(arn("api")), "roleArn") == Link(candidate, is_open=False)


def test_an_arn_of_a_resource_of_another_type_refers_to_nothing():
    policy = resource(POLICY, "api", arn=arn("api"), name="api")

    assert Stack([policy]).role(association(arn("api")), "roleArn") == NO_LINK


@pytest.mark.parametrize(
    ("properties", "certain"),
    [
        ({"bound": BOUND}, True),
        ({"bound": BOUND_ELSEWHERE}, None),  # its ARN would have another account
        ({"bound": BOUND, "path": "/"}, True),
        ({"bound": BOUND, "path": ""}, True),
        ({"bound": BOUND, "path": UNKNOWN}, True),
        ({"bound": BOUND, "path": "/team/"}, None),
        ({"bound": BOUND, "arn": arn("another")}, None),
    ],
)
def test_an_arn_refers_to_the_role_that_will_have_it(properties: dict[str, Any], certain: bool | None):
    candidate = role(**properties)

    link = Stack([candidate]).role(association(arn("api")), "roleArn")

    assert link == (NO_LINK if certain is None else Link(candidate, is_open=False, is_certain=certain))


def test_the_path_of_an_arn_is_that_of_the_role():
    candidate = role(path="/team/api/", bound=BOUND)
    stack = Stack([candidate])

    assert stack.role(association(arn("team/api/api")), "roleArn").resource is candidate
    assert stack.role(association(arn("team/api")), "roleArn") == NO_LINK
    assert stack.role(association(arn("api/team/api")), "roleArn") == NO_LINK


def test_an_arn_may_name_a_role_whose_account_nothing_shows():
    """The target role of the other account may have the same name as that of this one."""
    candidate = role(provider=OTHER_AWS)

    link = Stack([candidate]).link(association(UNKNOWN), "targetRoleArn", arn("api"), ROLE)

    assert link == Link(candidate, is_open=False, is_certain=False)


def test_of_two_roles_that_may_have_the_arn_neither_is_chosen():
    roles = [role(), role(urn="second", provider=OTHER_AWS)]

    assert Stack(roles).role(association(arn("api")), "roleArn") == NO_LINK


@pytest.mark.parametrize("text", ["arn:", "arn:aws:iam::111122223333", "arn:aws:iam::111122223333:api"])
def test_an_incomplete_arn_refers_to_nothing(text: str):
    assert Stack([role(bound=BOUND)]).role(association(text), "roleArn") == NO_LINK


def test_an_arn_without_an_account_refers_to_nothing():
    """`arn:aws:iam::aws:policy/api` is a policy of AWS, whatever a policy of the stack is called."""
    policy = resource(POLICY, "api", name="api")

    assert Stack([policy]).link(role(), "policyArn", "arn:aws:iam::aws:policy/api", POLICY) == NO_LINK


# By name


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({}, {}, True),
        ({"bound": BOUND}, {"provider": OTHER_AWS, "bound": BOUND}, True),
        ({"bound": BOUND}, {"provider": OTHER_AWS, "bound": BOUND_ELSEWHERE}, None),
        ({"bound": BOUND}, {"provider": OTHER_AWS}, False),
        ({}, {"provider": OTHER_AWS}, False),
    ],
    ids=["one provider", "one account", "two accounts", "one is not known", "neither is known"],
)
def test_a_name_refers_to_the_role_of_the_same_account(left: Any, right: Any, expected: bool | None):
    candidate = role(**right)
    user = resource(ROLE_POLICY, "policy", role="api", **left)

    link = Stack([user, candidate]).role(user, "role")

    assert link == (NO_LINK if expected is None else Link(candidate, is_open=False, is_certain=expected))


def test_a_name_refers_to_no_other_name_and_to_no_other_type():
    user = resource(ROLE_POLICY, "policy", role="api")

    assert Stack([role("worker"), resource(POLICY, "api", name="api")]).role(user, "role") == NO_LINK


def test_of_two_roles_of_one_name_the_one_of_the_same_account_is_chosen():
    here, abroad = role(bound=BOUND), role(urn="abroad", provider=OTHER_AWS, bound=BOUND_ELSEWHERE)
    user = resource(ROLE_POLICY, "policy", role="api", bound=BOUND)

    assert Stack([user, here, abroad]).role(user, "role") == Link(here, is_open=False)


def test_the_role_of_an_association_is_that_of_its_provider_and_its_target_may_be_anywhere():
    """CreatePodIdentityAssociation takes a role of the cluster's account only."""
    candidate = role()
    user = resource(ASSOCIATION, "association", roleArn=arn("api"), targetRoleArn=arn("api"))
    stack = Stack([candidate, user])

    assert stack.role(user, "roleArn") == Link(candidate, is_open=False, is_certain=True)
    assert stack.role(user, "targetRoleArn") == Link(candidate, is_open=False, is_certain=False)


def test_the_role_of_an_association_is_not_certain_where_the_provider_shows_another_account():
    candidate = role(arn=UNKNOWN)
    cluster = resource(CLUSTER, "dev", arn=f"arn:aws:eks:eu-west-1:{OTHER}:cluster/dev", name="dev")
    user = association(arn("api"))

    assert Stack([candidate, user, cluster]).role(user, "roleArn") == NO_LINK


# By dependency


def test_an_unknown_value_refers_to_the_one_role_that_it_depends_on():
    candidate, cluster = role(), resource(CLUSTER, "dev", name="dev")
    user = association(UNKNOWN, depends_on={"roleArn": ("api", "dev", "api", "gone")})

    assert Stack([candidate, cluster, user]).role(user, "roleArn") == Link(candidate, is_open=False)


@pytest.mark.parametrize("depends_on", [{}, {"roleArn": ()}, {"policy": ("api",)}, {"roleArn": ("api", "worker")}])
def test_a_value_that_is_not_known_is_open_where_no_one_role_decides(depends_on: Any):
    user = association(UNKNOWN, depends_on=depends_on)

    assert Stack([role(), role("worker"), user]).role(user, "roleArn") == OPEN_LINK


def test_an_absent_value_refers_to_nothing_whatever_it_depends_on():
    user = association(None, depends_on={"roleArn": ("api",)})

    assert Stack([role(), user]).role(user, "roleArn") == NO_LINK


# Places and accounts


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"clusterName": "dev"}, ClusterId("", AWS, "", "dev")),
        ({"clusterName": "dev", "region": "eu-west-1"}, ClusterId("", AWS, "eu-west-1", "dev")),
        ({"clusterName": "dev", "region": UNKNOWN}, ClusterId("", AWS, None, "dev")),
        ({"clusterName": "dev", "bound": BOUND}, ClusterId(ACCOUNT, AWS, "", "dev")),
        ({"clusterName": UNKNOWN}, None),
        ({}, None),
    ],
)
def test_where_the_cluster_of_an_association_is(properties: dict[str, Any], expected: ClusterId | None):
    user = association(UNKNOWN, **properties)

    assert Stack([user]).cluster_id(user) == expected


@pytest.mark.parametrize(("name", "expected"), [("dev", "dev"), (UNKNOWN, "cluster")])
def test_a_cluster_of_the_same_program_replaces_its_name(name: Any, expected: str):
    cluster = resource(CLUSTER, "cluster", name=name)
    user = association(UNKNOWN, clusterName=UNKNOWN, depends_on={"clusterName": ("cluster",)})

    assert Stack([cluster, user]).cluster_id(user) == ClusterId("", AWS, "", expected)
    assert Stack([cluster, user]).cluster(user) is cluster


def test_the_cluster_of_an_association_is_found_by_its_name():
    cluster = resource(CLUSTER, "cluster", name="dev")

    assert Stack([cluster]).cluster(association(UNKNOWN, clusterName="dev")) is cluster
    assert Stack([cluster]).cluster(association(UNKNOWN, clusterName="prod")) is None


HERE = ClusterId(ACCOUNT, AWS, "eu-west-1", "dev")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (HERE, True),
        (HERE._replace(provider=OTHER_AWS), True),
        (HERE._replace(cluster="prod"), False),
        (HERE._replace(region="us-east-1"), False),
        (HERE._replace(account=OTHER), False),
        (HERE._replace(region=None), None),
        (HERE._replace(region=""), None),
        (HERE._replace(account=""), True),
        (HERE._replace(account="", provider=OTHER_AWS), None),
        (HERE._replace(account="", provider=OTHER_AWS, region="us-east-1"), False),
        (HERE._replace(account=OTHER, region=None), False),
        (HERE._replace(cluster="prod", region=None), False),
    ],
)
def test_two_clusters_of_one_name_are_one_in_one_account_and_region(other: ClusterId, expected: bool | None):
    assert HERE.is_same(other) is expected
    assert other.is_same(HERE) is expected


def test_two_clusters_are_one_where_the_environment_sets_the_region_of_both():
    unsaid, unknown = HERE._replace(region=""), HERE._replace(region=None)

    assert unsaid.is_same(unsaid) is True
    assert unknown.is_same(unknown) is None
    assert unknown.is_same(unsaid) is None


@pytest.mark.parametrize(
    ("own", "of_provider", "expected"),
    [
        ("eu-west-1", "us-east-1", "eu-west-1"),
        (None, "us-east-1", "us-east-1"),
        ("", "us-east-1", "us-east-1"),
        (UNKNOWN, "us-east-1", None),
        (None, UNKNOWN, None),
        (None, None, ""),
        (None, 7, ""),
    ],
)
def test_the_region_is_the_resource_s_own_or_its_provider_s(own: Any, of_provider: Any, expected: str | None):
    assert region_of(Resource("urn", CLUSTER, "dev", {"region": own}, {}, AWS, {"region": of_provider})) == expected


def with_account(account: str) -> dict[str, Any]:
    """Return the properties of a cluster that shows the account of its provider."""
    return {"arn": f"arn:aws:eks:eu-west-1:{account}:cluster/dev"}


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], ""),
        ([resource(CLUSTER, "a", **with_account(ACCOUNT))], ACCOUNT),
        (
            [resource(ASSOCIATION, "a", associationArn=f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/x")],
            ACCOUNT,
        ),
        ([resource(CLUSTER, "a", **with_account(ACCOUNT)), resource(CLUSTER, "b", **with_account(ACCOUNT))], ACCOUNT),
        ([resource(CLUSTER, "a", **with_account(ACCOUNT)), resource(CLUSTER, "b", **with_account(OTHER))], ""),
        ([resource(CLUSTER, "a", **with_account(ACCOUNT)), resource(CLUSTER, "b", arn=UNKNOWN)], ACCOUNT),
        ([resource(CLUSTER, "a", provider=OTHER_AWS, **with_account(ACCOUNT))], ""),
        ([resource(ADDON, "a", **with_account(ACCOUNT))], ""),
        ([resource(ROLE, "a", arn=arn("a"))], ""),
    ],
)
def test_the_account_of_a_provider_is_read_from_what_only_aws_fills_in(others: list[Resource], expected: str):
    user = resource(ADDON, "z")

    assert Stack([*others, user]).account(user) == expected


def test_the_configuration_of_a_provider_takes_precedence_over_the_stack():
    user = resource(ADDON, "z", bound=BOUND)

    assert Stack([user, resource(CLUSTER, "zz", bound=BOUND, **with_account(OTHER))]).account(user) == ACCOUNT
    assert Stack([resource(CLUSTER, "a", bound=BOUND, **with_account(OTHER)), user]).account(user) == ACCOUNT


def test_an_arn_of_its_own_shows_the_account_of_a_resource():
    user = role(arn=arn("api", OTHER), bound=BOUND)

    assert Stack([user]).account(user) == OTHER


# Contents of a stack


def test_resources_are_given_in_one_order_and_by_type():
    api, worker, cluster = role("api"), role("worker"), resource(CLUSTER, "b", name="dev")
    stack = Stack([worker, cluster, api])

    assert list(stack.all()) == [api, cluster, worker]
    assert list(stack.of(ROLE)) == [api, worker]
    assert list(stack.of(ROLE, CLUSTER)) == [api, worker, cluster]
    assert list(stack.of(POLICY)) == []


def test_resources_of_components_are_found_by_the_beginning_of_their_type():
    first, second = (
        resource("eks-pod-identity:index:PodIdentity", "a"),
        resource("eks-pod-identity:index:PodIdentityAgent", "b"),
    )
    stack = Stack([first, second, role()])

    assert list(stack.of_components("eks-pod-identity:index:PodIdentity")) == [first, second]
    assert list(stack.of_components("eks-pod-identity:index:PodIdentityAgent")) == [second]
