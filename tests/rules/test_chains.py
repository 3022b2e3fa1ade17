"""The chain of an association, its role and its target role in a stack, with known and unknown values."""

import json
from typing import Any

import pytest

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.graph.chains import Chain, chains_of, has_open_parts, links_of
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import ADDON, ASSOCIATION, CLUSTER, POLICY, ROLE, Resource
from eks_pod_identity.rules.samples import document, target_trust, trust

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/api"
ASSOCIATION_ARN = f"arn:aws-cn:eks:cn-north-1:{ACCOUNT}:podidentityassociation/dev/a-1"
CLUSTER_ARN = f"arn:aws-us-gov:eks:us-gov-west-1:{ACCOUNT}:cluster/dev"
COMPONENT = "urn:pulumi:dev::shop::eks-pod-identity:index:PodIdentity$aws:eks/podIdentityAssociation::api"
NAMES: dict[str, Any] = {"clusterName": "dev", "namespace": "payments", "serviceAccount": "api"}


def association(*, urn: str = "association", provider: dict[str, Any] | None = None, **properties: Any) -> Resource:
    depends_on = {"roleArn": ("role",), "targetRoleArn": ("target",), "clusterName": ("cluster",)}
    return Resource(urn, ASSOCIATION, "association", {**NAMES, **properties}, depends_on, "aws", provider or {})


def role(urn: str = "role", *, bound_to: str = "", provider: str = "aws", **properties: Any) -> Resource:
    configuration = {"allowedAccountIds": [bound_to]} if bound_to else {}
    return Resource(urn, ROLE, urn, properties, provider=provider, provider_properties=configuration)


def cluster(**properties: Any) -> Resource:
    return Resource("cluster", CLUSTER, "cluster", {"name": "dev", **properties}, provider="aws")


def chain(*resources: Resource, account: str = "") -> Chain:
    (only,) = chains_of(Stack(resources), account)
    return only


# The names


def test_the_names_are_those_of_the_association():
    caller = chain(association()).caller

    assert (caller.cluster_name, caller.namespace, caller.service_account) == ("dev", "payments", "api")


@pytest.mark.parametrize("key", list(NAMES))
@pytest.mark.parametrize("value", [UNKNOWN, "", None])
def test_a_missing_name_is_open(key: str, value: Any):
    caller = chain(association(**{key: value})).caller

    assert [caller.cluster_name, caller.namespace, caller.service_account].count(UNKNOWN) == 1


def test_a_cluster_without_a_known_name_is_open_and_not_named_like_its_resource():
    caller = chain(association(clusterName=UNKNOWN), Resource("urn:cluster", CLUSTER, "cluster", {})).caller

    assert caller.cluster_name is UNKNOWN
    by_reference = association(clusterName=UNKNOWN)
    assert chain(by_reference, cluster()).caller.cluster_name == "dev"
    unnamed = Resource("urn:pulumi:dev::shop::cluster", CLUSTER, "cluster", {"name": UNKNOWN})
    depends_on = Resource("a", ASSOCIATION, "a", {**NAMES, "clusterName": UNKNOWN}, {"clusterName": (unnamed.urn,)})
    assert chain(depends_on, unnamed).caller.cluster_name is UNKNOWN


def test_the_namespace_of_an_add_on_that_is_not_listed_is_open():
    entries = {"clusterName": "dev", "podIdentityAssociations": [{"serviceAccount": "agent", "roleArn": ROLE_ARN}]}
    listed = Resource("addon", ADDON, "cni", {**entries, "addonName": "vpc-cni"})
    unlisted = Resource("addon", ADDON, "vendor", {**entries, "addonName": "vendor-agent"})

    assert chain(listed).caller.namespace == "kube-system"
    assert chain(unlisted).caller.namespace is UNKNOWN
    assert chain(listed).caller.service_account == "agent"


# The account of the cluster


@pytest.mark.parametrize(
    ("resources", "configured", "expected"),
    [
        ([association()], "", UNKNOWN),
        ([association()], OTHER, OTHER),
        ([association(associationArn=ASSOCIATION_ARN)], OTHER, OTHER),
        ([association(associationArn=ASSOCIATION_ARN)], "", ACCOUNT),
        ([association(), cluster(arn=CLUSTER_ARN)], "", ACCOUNT),
        ([association(provider={"allowedAccountIds": [ACCOUNT]})], "", ACCOUNT),
        ([association(roleArn=ROLE_ARN)], "", ACCOUNT),  # EKS takes roles of its own account only
        ([association(associationArn=ASSOCIATION_ARN, roleArn=ROLE_ARN.replace(ACCOUNT, OTHER))], "", ACCOUNT),
        ([association(roleArn=UNKNOWN)], "", UNKNOWN),
    ],
)
def test_where_the_account_of_the_cluster_is_read(resources: list[Resource], configured: str, expected: Any):
    assert chain(*resources, account=configured).caller.account == expected


def test_an_association_shows_its_own_account_where_the_stack_names_several():
    """A state without providers, such as an import, does not show which accounts differ."""
    other = Resource(
        "other", ASSOCIATION, "other", {"associationArn": ASSOCIATION_ARN.replace(ACCOUNT, OTHER)}, {}, "aws"
    )
    abroad = Resource(
        "cluster", CLUSTER, "cluster", {"name": "dev", "arn": CLUSTER_ARN.replace(ACCOUNT, OTHER)}, {}, "aws"
    )
    chains = {
        each.association.urn: each
        for each in chains_of(Stack([association(associationArn=ASSOCIATION_ARN), other]), "")
    }

    assert chains["association"].account == ACCOUNT
    assert chains["other"].account == OTHER
    assert chain(association(associationArn=ASSOCIATION_ARN), abroad).account == ACCOUNT
    elsewhere = Resource("cluster", CLUSTER, "cluster", {"name": "dev", "arn": CLUSTER_ARN}, {}, "another")
    assert chain(association(), elsewhere).account == ACCOUNT


def test_the_account_of_the_role_is_not_taken_for_that_of_the_cluster():
    """PI305 compares the two."""
    assert chain(association(roleArn=ROLE_ARN)).account == ""
    assert chain(association(associationArn=ASSOCIATION_ARN)).account == ACCOUNT
    assert chain(association(), account=OTHER).account == OTHER


SCOPED = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnEquals": {"aws:SourceArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/dev"},
}


def of_component(trust_policy: object) -> Chain:
    """Return the association of a component at preview, where only the trust policy shows the looked-up values."""
    return chain(association(urn=COMPONENT, roleArn=UNKNOWN), role(assumeRolePolicy=trust_policy, name="api"))


def test_a_component_looked_up_the_account_and_the_region_for_the_trust_policy():
    judged_chain = of_component(trust(Condition=SCOPED))

    assert (judged_chain.account, judged_chain.caller.account, judged_chain.caller.region) == (
        ACCOUNT,
        ACCOUNT,
        "eu-west-1",
    )
    by_tag = {"StringEquals": {"aws:RequestTag/eks-cluster-arn": f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/dev"}}
    assert of_component(trust(Condition=by_tag)).caller.region == "us-east-1"
    assert of_component(trust(Condition=by_tag)).account == ""


def test_a_trust_policy_of_another_role_proves_nothing():
    judged_chain = chain(association(roleArn=UNKNOWN), role(assumeRolePolicy=trust(Condition=SCOPED), name="api"))

    assert (judged_chain.account, judged_chain.caller.region) == ("", UNKNOWN)


@pytest.mark.parametrize(
    ("account", "arn", "region"),
    [
        ([ACCOUNT, OTHER], SCOPED["ArnEquals"]["aws:SourceArn"], "eu-west-1"),
        ("1234", SCOPED["ArnEquals"]["aws:SourceArn"], "eu-west-1"),
        ("*", f"arn:aws:eks:*:{ACCOUNT}:cluster/dev", UNKNOWN),
        ("*", f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/dev", UNKNOWN),
        ("*", [f"arn:aws:eks:{region}:{ACCOUNT}:cluster/dev" for region in ("eu-west-1", "us-east-1")], UNKNOWN),
    ],
)
def test_a_trust_policy_that_names_several_or_none_leaves_it_open(account: Any, arn: Any, region: Any):
    conditions = {"StringLike": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": arn}}

    judged_chain = of_component(trust(Condition=conditions))

    assert judged_chain.account == ""
    assert judged_chain.caller.region == region


def test_only_statements_that_allow_the_call_show_its_origin():
    allowed = trust(Condition=SCOPED)["Statement"][0]
    elsewhere = {"StringEquals": {"aws:SourceAccount": OTHER}, "ArnEquals": {"aws:SourceArn": CLUSTER_ARN}}
    denied = {**allowed, "Effect": "Deny", "Condition": elsewhere}
    tagging = {**allowed, "Action": "sts:TagSession", "Condition": elsewhere}

    judged_chain = of_component(document(allowed, denied, tagging))

    assert (judged_chain.account, judged_chain.caller.region) == (ACCOUNT, "eu-west-1")


# Region and partition


def test_the_region_is_that_of_the_association_or_its_provider():
    assert chain(association(region="eu-west-1")).caller.region == "eu-west-1"
    assert chain(association(provider={"region": "us-east-1"})).caller.region == "us-east-1"
    assert chain(association()).caller.region is UNKNOWN
    assert chain(association(region=UNKNOWN)).caller.region is UNKNOWN


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([association(associationArn=ASSOCIATION_ARN)], "aws-cn"),
        ([association(roleArn="arn:aws-us-gov:iam::111122223333:role/api")], "aws-us-gov"),
        ([association(roleArn="arn:aws-cn:iam::111122223333:role/api", region="eu-west-1")], "aws-cn"),
        ([association(roleArn=UNKNOWN), role(arn="arn:aws-cn:iam::111122223333:role/api")], "aws-cn"),
        ([association(), cluster(arn=CLUSTER_ARN)], "aws-us-gov"),
        ([association(region="cn-north-1")], "aws-cn"),
        ([association(region="us-gov-east-1")], "aws-us-gov"),
        ([association(region="eusc-de-east-1")], "aws-eusc"),
        ([association(region="us-iso-east-1")], UNKNOWN),
        ([association(region="eu-isoe-west-1")], UNKNOWN),
        ([association(region="eu-west-1")], "aws"),
        ([association(roleArn="api", region="eu-west-1")], "aws"),
        ([association(roleArn="arn:", region="eu-west-1")], "aws"),
        ([association()], UNKNOWN),
    ],
)
def test_the_partition_is_that_of_an_arn_or_of_the_region(resources: list[Resource], expected: Any):
    assert chain(*resources).caller.partition == expected


# Session tags


@pytest.mark.parametrize(("disabled", "expected"), [(None, True), (False, True), (True, False), (UNKNOWN, UNKNOWN)])
def test_whether_eks_sends_session_tags(disabled: Any, expected: Any):
    judged_chain = chain(association(disableSessionTags=disabled))

    assert judged_chain.caller.session_tags is expected
    assert judged_chain.with_session_tags(on=False).caller.session_tags is False
    assert judged_chain.with_session_tags(on=True).caller.session_tags is True


# The roles


def test_a_known_arn_is_that_of_the_association_and_else_that_of_the_role():
    assert chain(association(roleArn=ROLE_ARN)).source.arn == ROLE_ARN
    assert chain(association(roleArn=UNKNOWN), role(arn=ROLE_ARN, name="api")).source.arn == ROLE_ARN
    assert chain(association(roleArn=ROLE_ARN)).source.session is None


@pytest.mark.parametrize(
    ("of_role", "of_association", "expected", "session"),
    [
        (
            {"name": "api"},
            {},
            "arn:<partition>:iam::<account>:role/api",
            "arn:<partition>:sts::<account>:assumed-role/api/<session name>",
        ),
        (
            {"name": "api", "path": "/team/"},
            {"region": "eu-west-1"},
            "arn:aws:iam::<account>:role/team/api",
            "arn:aws:sts::<account>:assumed-role/api/<session name>",
        ),
        (
            {"name": "api", "path": ""},
            {"associationArn": f"arn:aws-cn:eks:cn-north-1:{OTHER}:podidentityassociation/dev/a-1"},
            f"arn:aws-cn:iam::{OTHER}:role/api",
            None,
        ),
        (
            {"name": "api", "bound_to": OTHER, "provider": "abroad"},
            {"region": "cn-north-1"},
            f"arn:aws-cn:iam::{OTHER}:role/api",
            None,
        ),
        ({"name": UNKNOWN}, {"region": "eu-west-1"}, "<role arn>", None),
        ({"name": "api", "path": UNKNOWN}, {"region": "eu-west-1"}, "<role arn>", None),
    ],
)
def test_an_arn_that_is_not_known_is_known_in_part(
    of_role: Any, of_association: Any, expected: str, session: str | None
):
    source = chain(association(roleArn=UNKNOWN, **of_association), role(**of_role)).source

    assert str(source.text) == expected
    assert (None if source.session is None else str(source.session)) == session
    assert source.arn == (expected if "<" not in expected else UNKNOWN)


def test_a_role_that_the_stack_does_not_have_is_open():
    source = chain(association(roleArn=UNKNOWN)).source

    assert str(source.text) == "<role arn>"
    assert (source.role, source.tags, source.trust.is_open) == (None, UNKNOWN, True)
    assert chain(association(roleArn=ROLE_ARN)).source.trust.is_open


def test_the_trust_policy_and_the_tags_are_those_of_the_role():
    source = chain(association(roleArn=UNKNOWN), role(assumeRolePolicy=json.dumps(trust()), tags={"team": "a"})).source

    assert [statement.location for statement in source.trust.statements] == ["Statement[0]"]
    assert source.tags == {"team": "a"}
    assert chain(association(roleArn=UNKNOWN), role(name="api")).source.tags == {}


@pytest.mark.parametrize(
    "properties", [{"tags": UNKNOWN}, {"tags": {"team": UNKNOWN}}, {"tags": {"a": "b", "team": UNKNOWN}}]
)
def test_tags_of_which_one_is_not_known_are_open(properties: dict[str, Any]):
    assert chain(association(roleArn=UNKNOWN), role(**properties)).source.tags is UNKNOWN
    assert chain(association(roleArn=UNKNOWN), role(tagsAll={"a": 7, "b": "c"})).source.tags == {"b": "c"}


def test_a_resource_that_is_not_a_role_has_no_trust_policy():
    policy = Resource("role", POLICY, "policy", {"arn": ROLE_ARN, "assumeRolePolicy": trust()})

    assert chain(association(roleArn=ROLE_ARN), policy).source.trust.is_open


# The target role


@pytest.mark.parametrize("target", [None, ""])
def test_an_association_without_a_target_role(target: Any):
    judged_chain = chain(association(roleArn=ROLE_ARN, targetRoleArn=target))

    assert judged_chain.target is None
    assert judged_chain.final is judged_chain.source
    assert judged_chain.target_requests() == ()
    assert [key for key, _ in links_of(judged_chain)] == ["roleArn"]


def test_the_account_of_a_target_role_is_its_own():
    target = role("target", name="reader", provider="abroad")
    user = association(roleArn=UNKNOWN, targetRoleArn=UNKNOWN, associationArn=ASSOCIATION_ARN)

    judged_chain = chain(user, role(name="api"), target)

    assert judged_chain.target is not None
    assert judged_chain.final is judged_chain.target
    assert str(judged_chain.target.text) == "arn:aws-cn:iam::<target account>:role/reader"
    assert judged_chain.source.arn == f"arn:aws-cn:iam::{ACCOUNT}:role/api"
    assert [(key, hop.role) for key, hop in links_of(judged_chain)] == [
        ("roleArn", judged_chain.source.role),
        ("targetRoleArn", target),
    ]
    bound = role("target", name="reader", provider="abroad", bound_to=OTHER)
    assert str(chain(user, bound).final.text) == f"arn:aws-cn:iam::{OTHER}:role/reader"


def test_a_target_role_is_read_as_the_source_role_is():
    target = role("target", name="reader", arn=ROLE_ARN, assumeRolePolicy=target_trust(), tags={"team": "a"})

    final = chain(association(roleArn=ROLE_ARN, targetRoleArn=UNKNOWN), target).final

    assert (final.role, final.arn, final.tags) == (target, ROLE_ARN, {"team": "a"})
    assert len(final.trust.statements) == 2


# The requests


def test_what_eks_asks_of_the_source_role():
    judged_chain = chain(association(roleArn=ROLE_ARN, region="eu-west-1"), role(arn=ROLE_ARN, tags={"team": "a"}))

    assume, tag = judged_chain.source_requests()

    assert (assume.action, tag.action) == ("sts:AssumeRole", "sts:TagSession")
    assert (assume.resource, assume.value_of("aws:SourceAccount")) == (ROLE_ARN, ACCOUNT)
    assert assume.value_of("aws:SourceArn") == f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/dev"
    assert assume.value_of("aws:RequestTag/kubernetes-namespace") == "payments"
    assert assume.value_of("aws:ResourceTag/team") == "a"
    assert [request.action for request in judged_chain.with_session_tags(on=False).source_requests()] == [
        "sts:AssumeRole"
    ]


def test_what_eks_asks_of_the_target_role_names_what_is_known_of_both():
    user = association(roleArn=UNKNOWN, targetRoleArn=UNKNOWN, region="eu-west-1")
    target = role("target", name="reader", provider="abroad", bound_to=OTHER, tags={"team": "a"})
    judged_chain = chain(user, role(name="api"), target, account=ACCOUNT)

    for request in judged_chain.target_requests():
        assert request.resource == f"arn:aws:iam::{OTHER}:role/reader"
        assert request.value_of("aws:ResourceTag/team") == "a"
        assert request.value_of("aws:PrincipalArn") == f"arn:aws:iam::{ACCOUNT}:role/api"
        assert request.value_of("aws:PrincipalTag/kubernetes-namespace") == "payments"


def test_arns_that_are_known_in_part_are_in_the_request():
    user = association(roleArn=UNKNOWN, targetRoleArn=UNKNOWN, region="eu-west-1")
    judged_chain = chain(user, role(name="api"), role("target", name="reader", provider="abroad"))

    for request in judged_chain.target_requests():
        assert str(request.resource) == "arn:aws:iam::<target account>:role/reader"
        assert str(request.value_of("aws:PrincipalArn")) == "arn:aws:iam::<account>:role/api"
        assert str(request.caller.role_arn) == "arn:aws:iam::<account>:role/api"
        assert str(request.caller.session_arn) == "arn:aws:sts::<account>:assumed-role/api/<session name>"


def test_the_session_of_the_source_role_has_its_tags_and_those_that_eks_sends():
    judged_chain = chain(association(roleArn=ROLE_ARN), role(arn=ROLE_ARN, tags={"team": "a"}))

    session = judged_chain.session()

    assert (session.role_arn, session.role_tags) == (ROLE_ARN, {"team": "a"})
    assert session.tags == judged_chain.caller.tags()


# Known parts


def test_a_chain_is_known_where_every_name_and_arn_is():
    known = association(roleArn=ROLE_ARN, region="eu-west-1", disableSessionTags=True)

    assert chain(known).is_known
    for key in (*NAMES, "region", "disableSessionTags", "roleArn", "targetRoleArn"):
        assert not chain(association(**{**known.properties, key: UNKNOWN})).is_known, key


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": UNKNOWN},
        {"Condition": UNKNOWN},
        {"Condition": {"StringEquals": {"aws:SourceAccount": UNKNOWN}}},
        {"Action": ["sts:AssumeRole", UNKNOWN]},
        {"Resource": ["*", UNKNOWN]},
        {"Principal": {"Service": "pods.eks.amazonaws.com", "AWS": UNKNOWN}},
    ],
)
def test_a_document_with_an_unknown_part_has_open_parts(changes: dict[str, Any]):
    def read(policy: object) -> bool:
        return has_open_parts(chain(association(roleArn=UNKNOWN), role(assumeRolePolicy=policy)).source.trust)

    assert read(trust(**changes))
    assert read(UNKNOWN)
    assert read(document(trust()["Statement"][0], trust(**changes)["Statement"][0]))
    assert not read(trust())
    assert not read(document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}))
