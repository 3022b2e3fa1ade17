"""What the rules read from a stack besides roles: agents, ServiceAccounts, associations of add-ons, and components
that create associations or roles elsewhere.
"""

from typing import Any

import pytest

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import Unjudged
from eks_pod_identity.rules.graph.agents import AGENT, agents_of, auto_mode_clusters, declared_clusters
from eks_pod_identity.rules.graph.associations import addon_associations, associations_of
from eks_pod_identity.rules.graph.service_accounts import service_accounts_of
from eks_pod_identity.rules.graph.stack import ClusterId, Stack
from eks_pod_identity.rules.out_of_sight import out_of_sight_verdicts
from eks_pod_identity.rules.resource import ADDON, ASSOCIATION, CLUSTER, NODE_GROUP, SERVICE_ACCOUNT, Resource

COMPONENT = "eks-pod-identity:index:PodIdentity"
CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource"
EXTENSION = "aws-native:index:ExtensionResource"
TEMPLATE = "aws:cloudformation/stack:Stack"
NATIVE_TEMPLATE = "aws-native:cloudformation:Stack"


def resource(resource_type: str, urn: str, /, **properties: Any) -> Resource:
    return Resource(urn, resource_type, urn, properties, provider="aws")


def agent(urn: str = "agent", **properties: Any) -> Resource:
    return resource(ADDON, urn, **{"addonName": AGENT, "clusterName": "dev", **properties})


def component(urn: str = "component", resource_type: str = COMPONENT, **properties: Any) -> Resource:
    return resource(resource_type, urn, **{"clusterName": "dev", **properties})


# Agents


def test_agents_are_found_by_the_name_of_the_add_on_and_belong_to_its_cluster():
    first, second, prod = agent("a"), agent("b"), agent("c", clusterName="prod")

    agents = agents_of(Stack([first, second, prod, agent("d", addonName="vpc-cni")]))

    assert agents.by_cluster == {
        ClusterId("", "aws", "", "dev"): [first, second],
        ClusterId("", "aws", "", "prod"): [prod],
    }
    assert agents.unplaced == []


def test_an_agent_whose_cluster_is_not_known_belongs_to_none():
    unplaced, placed = agent("a", clusterName=UNKNOWN), agent("b")

    agents = agents_of(Stack([unplaced, placed]))

    assert (list(agents.by_cluster.values()), agents.unplaced) == ([[placed]], [unplaced])


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, {"dev"}),  # EXISTING is the default of the component
        ({"agent": "existing"}, {"dev"}),
        ({"agent": "EXISTING"}, {"dev"}),
        ({"agent": "auto_mode"}, {"dev"}),
        ({"agent": "managed"}, set()),
        ({"agent": UNKNOWN}, {"dev"}),
        ({"bindings": [{"clusterName": "blue"}, {"namespace": "a"}]}, {"dev", "blue"}),
        ({"bindings": ["x", UNKNOWN, {"clusterName": UNKNOWN}, {"clusterName": ""}]}, {"dev"}),
        ({"bindings": UNKNOWN}, {"dev"}),
        ({"clusterName": UNKNOWN}, set()),
        ({"clusterName": UNKNOWN, "bindings": [{"clusterName": "blue"}]}, {"blue"}),
    ],
)
def test_a_component_declares_that_its_cluster_has_the_agent(properties: dict[str, Any], expected: set[str]):
    assert declared_clusters(Stack([component(**properties)])) == expected


def test_only_a_pod_identity_declares_an_agent_elsewhere():
    assert declared_clusters(Stack([component(resource_type="eks-pod-identity:index:PodIdentityAgent")])) == set()
    assert declared_clusters(Stack([component(resource_type="eks-pod-identity:index:PodIdentityRole")])) == set()
    both = Stack([component("a"), component("b", clusterName="prod")])
    assert declared_clusters(both) == {"dev", "prod"}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([resource(CLUSTER, "a", name="dev", computeConfig={"enabled": True})], {"dev", "a"}),
        ([resource(CLUSTER, "a", computeConfig={"enabled": True})], {"a"}),
        ([resource(CLUSTER, "a", name="dev", computeConfig={"enabled": False})], set()),
        ([resource(CLUSTER, "a", name="dev", computeConfig={"enabled": UNKNOWN})], set()),
        ([resource(CLUSTER, "a", name="dev", computeConfig=UNKNOWN)], set()),
        ([resource(CLUSTER, "a", name="dev")], set()),
        ([resource(CLUSTER, each, name=each, computeConfig={"enabled": True}) for each in ("a", "b")], {"a", "b"}),
        ([component(agent="auto_mode")], {"dev"}),
        ([component(agent="AUTO_MODE", bindings=[{"clusterName": "blue"}])], {"dev", "blue"}),
        ([component(resource_type="eks-pod-identity:index:PodIdentityAgent", mode="auto_mode")], {"dev"}),
        ([component(resource_type="eks-pod-identity:index:PodIdentityAgent", mode="managed")], set()),
        ([component()], set()),
        ([component(agent=UNKNOWN)], set()),
    ],
)
def test_clusters_in_auto_mode_have_the_agent_built_in(resources: list[Resource], expected: set[str]):
    assert auto_mode_clusters(Stack(resources)) == expected


def test_a_cluster_with_node_groups_needs_the_agent_there():
    auto = resource(CLUSTER, "a", name="dev", computeConfig={"enabled": True})
    nodes, elsewhere = resource(NODE_GROUP, "n", clusterName="dev"), resource(NODE_GROUP, "n", clusterName="prod")

    assert "dev" not in auto_mode_clusters(Stack([auto, nodes]))
    assert "dev" in auto_mode_clusters(Stack([auto, elsewhere]))
    assert "dev" in auto_mode_clusters(Stack([auto, resource(NODE_GROUP, "n", clusterName=UNKNOWN)]))


# ServiceAccounts


def account(urn: str, metadata: Any) -> Resource:
    return resource(SERVICE_ACCOUNT, urn, metadata=metadata)


def test_service_accounts_are_found_by_namespace_and_name():
    api, worker = account("a", {"namespace": "payments", "name": "api"}), account("b", {"name": "worker"})

    accounts = service_accounts_of(Stack([api, worker]))

    assert accounts.by_namespace == {"payments": {"api": api}, "default": {"worker": worker}}
    assert (accounts.open_namespaces, accounts.unnamed) == (set(), [])


@pytest.mark.parametrize(
    ("metadata", "open_namespaces"),
    [
        ({"namespace": "payments", "name": UNKNOWN}, {"payments"}),
        ({"name": UNKNOWN}, {"default"}),
        ({"namespace": UNKNOWN, "name": "api"}, set()),
        (UNKNOWN, {"default"}),
    ],
)
def test_a_service_account_whose_name_or_namespace_is_not_known(metadata: Any, open_namespaces: set[str]):
    unnamed, named = account("a", metadata), account("b", {"namespace": "orders", "name": "api"})

    accounts = service_accounts_of(Stack([unnamed, named]))

    assert accounts.unnamed == [unnamed]
    assert accounts.open_namespaces == open_namespaces
    assert accounts.by_namespace == {"orders": {"api": named}}


def test_a_service_account_that_kubernetes_names_has_a_namespace_that_is_open():
    """`generateName` leaves the name to the API server."""
    accounts = service_accounts_of(Stack([account("a", {"namespace": "payments", "generateName": "api-"})]))

    assert (accounts.unnamed, accounts.open_namespaces, accounts.by_namespace) == ([], {"payments"}, {})


# Associations of add-ons


def addon(**properties: Any) -> Resource:
    declared = {"addonName": "aws-ebs-csi-driver", "clusterName": "dev", **properties}
    return Resource("addon", ADDON, "ebs", declared, {"clusterName": ("cluster",)}, "aws", {"region": "us-east-1"})


def test_the_association_of_an_add_on_has_what_the_add_on_and_its_entry_say():
    entries = [{"serviceAccount": "controller", "roleArn": "one"}, {"serviceAccount": "node", "roleArn": "two"}]

    first, second = addon_associations(addon(podIdentityAssociations=entries, region="eu-west-1"))

    assert {
        "clusterName": "dev",
        "region": "eu-west-1",
        "namespace": "kube-system",
    }.items() <= first.properties.items()
    assert (first.get("serviceAccount"), first.get("roleArn")) == ("controller", "one")
    assert (second.get("serviceAccount"), second.get("roleArn")) == ("node", "two")
    assert (first.urn, first.type, first.name, first.addon) == ("addon", ASSOCIATION, "ebs", "ebs")
    assert (first.provider, first.provider_properties) == ("aws", {"region": "us-east-1"})
    assert first.label == 'The association of "controller" in the add-on "ebs"'
    assert first.mention == 'the association of "controller" in the add-on "ebs"'


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (UNKNOWN, (UNKNOWN, UNKNOWN)),
        ({"serviceAccount": "a", "roleArn": UNKNOWN}, ("a", UNKNOWN)),
        ({}, (None, None)),
        ("x", (None, None)),
    ],
)
def test_an_entry_of_an_add_on_that_is_not_known(entry: Any, expected: tuple[Any, Any]):
    (association,) = addon_associations(addon(podIdentityAssociations=[entry]))

    assert (association.get("serviceAccount"), association.get("roleArn")) == expected
    assert "region" not in association.properties
    account = association.text("serviceAccount")
    assert (
        association.label
        == (f'The association of "{account}"' if account else "An association") + ' in the add-on "ebs"'
    )


@pytest.mark.parametrize("entries", [None, "x", []])
def test_an_add_on_without_a_list_has_no_associations(entries: Any):
    assert list(addon_associations(addon(podIdentityAssociations=entries))) == []


def test_an_unknown_list_counts_as_one_unknown_association():
    (association,) = addon_associations(addon(podIdentityAssociations=UNKNOWN))

    assert (association.get("serviceAccount"), association.get("roleArn")) == (UNKNOWN, UNKNOWN)
    assert association.label == 'An association in the add-on "ebs"'


def test_the_role_of_an_entry_is_the_one_that_it_depends_on_and_else_the_list():
    whole = addon(podIdentityAssociations=[{}, {}])
    depends_on = {
        "clusterName": ("cluster",),
        "podIdentityAssociations": ("a", "b"),
        "podIdentityAssociations[1].roleArn": ("b",),
    }
    split = Resource("addon", ADDON, "ebs", whole.properties, depends_on)
    alone = Resource("addon", ADDON, "ebs", whole.properties)

    assert [each.dependencies["roleArn"] for each in addon_associations(split)] == [("a", "b"), ("b",)]
    assert [each.dependencies["clusterName"] for each in addon_associations(split)] == [("cluster",), ("cluster",)]
    assert [each.dependencies for each in addon_associations(alone)] == [{"roleArn": (), "clusterName": ()}] * 2


def test_standalone_associations_come_before_those_of_add_ons():
    standalone = resource(ASSOCIATION, "z")

    bound = list(associations_of(Stack([addon(podIdentityAssociations=[{}]), standalone, agent()])))

    assert [each.addon for each in bound] == ["", "ebs"]
    assert bound[0] is standalone


# Out of sight

OF_ASSOCIATIONS = ("PI107", "PI201", "PI203", "PI305", "PI401", "PI402")
OF_ROLES = ("PI101", "PI103", "PI104", "PI105", "PI106")


UNSEEN = "the resources of a template that is not in the stack"


@pytest.mark.parametrize(
    ("resource_type", "hidden", "codes"),
    [
        ("aws-native:eks:PodIdentityAssociation", "PodIdentityAssociation", OF_ASSOCIATIONS),
        ("aws-native:eks:Addon", "Addon", OF_ASSOCIATIONS),
        ("aws-native:iam:Role", "Role", OF_ROLES),
        ("aws-native:iam:RolePolicy", "RolePolicy", OF_ROLES),
        ("aws-native:iam:ManagedPolicy", "ManagedPolicy", OF_ROLES),
        ("aws:index/iamRole:IamRole", "IamRole", OF_ROLES),
        ("aws:index/eksAddon:EksAddon", "EksAddon", OF_ASSOCIATIONS),
        ("kubernetes:eks.services.k8s.aws/v1alpha1:PodIdentityAssociation", "PodIdentityAssociation", OF_ASSOCIATIONS),
        ("kubernetes:iam.services.k8s.aws/v1alpha1:Role", "Role", OF_ROLES),
        ("kubernetes:iam.aws.upbound.io/v1beta1:Role", "Role", OF_ROLES),
        ("kubernetes:eks.aws.m.upbound.io/v1beta1:Addon", "Addon", OF_ASSOCIATIONS),
    ],
)
def test_types_of_other_providers_are_out_of_sight(resource_type: str, hidden: str, codes: tuple[str, ...]):
    assert report_codes(resource(resource_type, "r")) == (codes, hidden)


@pytest.mark.parametrize(
    ("resource_type", "properties", "hidden", "codes"),
    [
        (CLOUD_CONTROL, {"typeName": "AWS::IAM::Role"}, "AWS::IAM::Role", OF_ROLES),
        (CLOUD_CONTROL, {"typeName": "AWS::EKS::Addon"}, "AWS::EKS::Addon", OF_ASSOCIATIONS),
        (
            CLOUD_CONTROL,
            {"typeName": UNKNOWN},
            "a resource whose type is not known yet",
            (*OF_ROLES, *OF_ASSOCIATIONS),
        ),
        (EXTENSION, {"type": "AWS::EKS::Addon"}, "AWS::EKS::Addon", OF_ASSOCIATIONS),
        (TEMPLATE, {"templateBody": '{"Type": "AWS::IAM::Role"}'}, "AWS::IAM::Role", OF_ROLES),
        (NATIVE_TEMPLATE, {"template": {"a": {"Type": "AWS::EKS::Addon"}}}, "AWS::EKS::Addon", OF_ASSOCIATIONS),
        (
            TEMPLATE,
            {"templateBody": "Type: AWS::IAM::Role, Type: AWS::EKS::Addon"},
            "AWS::IAM::Role and AWS::EKS::Addon",
            (*OF_ROLES, *OF_ASSOCIATIONS),
        ),
        (TEMPLATE, {"templateBody": UNKNOWN}, UNSEEN, (*OF_ROLES, *OF_ASSOCIATIONS)),
        (TEMPLATE, {"templateUrl": "https://example.com"}, UNSEEN, (*OF_ROLES, *OF_ASSOCIATIONS)),
        (TEMPLATE, {"templateBody": ""}, UNSEEN, (*OF_ROLES, *OF_ASSOCIATIONS)),
    ],
)
def test_resources_of_a_template_or_of_cloud_control_are_out_of_sight(
    resource_type: str, properties: dict[str, Any], hidden: str, codes: tuple[str, ...]
):
    assert report_codes(resource(resource_type, "r", **properties)) == (codes, hidden)


def report_codes(resource: Resource) -> tuple[tuple[str, ...], str]:
    """Return the codes that cannot judge what *resource* creates, and what it creates."""
    ((where, verdict),) = out_of_sight_verdicts(Stack([resource]))
    assert where is resource
    assert isinstance(verdict, Unjudged)
    assert verdict.subject == resource.label
    assert verdict.reason.startswith(f'"{resource.type}" creates ')
    assert verdict.reason.endswith(", which these rules read only as aws:… resources.")
    return verdict.codes, verdict.reason.partition(" creates ")[2].rpartition(", which")[0]


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("aws-native:s3:Bucket", {}),
        ("aws-native:iam:User", {}),
        ("aws:index/s3Bucket:S3Bucket", {}),
        ("kubernetes:core/v1:ServiceAccount", {}),
        ("kubernetes:rbac.authorization.k8s.io/v1:Role", {}),
        (ASSOCIATION, {}),
        (CLOUD_CONTROL, {"typeName": "AWS::S3::Bucket"}),
        (TEMPLATE, {"templateBody": '{"Type": "AWS::S3::Bucket"}'}),
    ],
)
def test_other_resources_are_not_reported(resource_type: str, properties: dict[str, Any]):
    assert list(out_of_sight_verdicts(Stack([resource(resource_type, "r", **properties)]))) == []
