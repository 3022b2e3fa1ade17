"""The call CreatePodIdentityAssociation as its reference describes it, through the SDK."""

import json

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError, ParamValidationError

from proof_case import Case, document, reading


@pytest.mark.claim(14, part="real SDK")
@pytest.mark.parametrize("missing", ["clusterName", "namespace", "serviceAccount", "roleArn"])
def test_cluster_namespace_service_account_and_role_are_required(case: Case, missing: str):
    arguments = {"clusterName": "main", "namespace": "payments", "serviceAccount": "api", "roleArn": "arn"}
    del arguments[missing]

    with pytest.raises(ParamValidationError, match=missing):
        case.client("eks").create_pod_identity_association(**arguments)


@pytest.mark.claim(25, part="real SDK; emulator")
def test_the_sdk_fills_in_the_request_token(case: Case):
    eks = case.client("eks")
    sent: list[dict] = []
    eks.meta.events.register(
        "before-send.eks.CreatePodIdentityAssociation", lambda request, **_: sent.append(json.loads(request.body))
    )

    eks.create_pod_identity_association(
        clusterName="main", namespace="payments", serviceAccount="api", roleArn=case.role("api", case.trust())
    )

    assert len(sent[0]["clientRequestToken"]) == 36


@pytest.mark.claim(25, part="emulator")
def test_the_same_request_token_makes_one_association(case: Case):
    role = case.role("api", case.trust())

    first = case.associate(role, clientRequestToken="once")
    second = case.associate(role, clientRequestToken="once")

    assert first["associationId"] == second["associationId"]


@pytest.mark.claim(26, part="emulator")
def test_tags_sit_on_the_association_and_do_not_propagate(case: Case):
    role = case.role("api", case.trust())

    association = case.associate(role, tags={"Owner": "payments"})

    assert association["tags"] == {"Owner": "payments"}
    assert case.client("iam").list_role_tags(RoleName="api")["Tags"] == []
    assert "Owner" not in case.client("eks").describe_cluster(name="main")["cluster"].get("tags", {})


@pytest.mark.claim(27, part="emulator")
def test_the_association_comes_back_with_every_field(case: Case):
    target = case.target_role(account=case.target_account)
    policy = reading("invoices")
    role = case.source_role(target)

    created = case.associate(role, targetRoleArn=target, policy=policy, disableSessionTags=True, tags={"Owner": "a"})
    described = case.client("eks").describe_pod_identity_association(
        clusterName="main", associationId=created["associationId"]
    )["association"]

    assert described["clusterName"] == "main"
    assert (described["namespace"], described["serviceAccount"]) == (case.namespace, "api")
    assert (described["roleArn"], described["targetRoleArn"]) == (role, target)
    assert described["associationArn"].endswith(f":podidentityassociation/main/{created['associationId']}")
    assert described["externalId"] == f"eu-west-1/{case.account}/main/{case.namespace}/api"
    assert described["disableSessionTags"] is True
    assert json.loads(described["policy"]) == policy
    assert described["createdAt"] <= described["modifiedAt"]
    assert described["tags"] == {"Owner": "a"}
    assert "ownerArn" not in described


@pytest.mark.claim(27, part="emulator")
def test_an_add_on_owns_the_association_that_it_makes(case: Case):
    role = case.role("api", case.trust(case.binding("aws-node")))
    eks = case.client("eks")
    eks.create_addon(
        clusterName="main",
        addonName="vpc-cni",
        podIdentityAssociations=[{"serviceAccount": "aws-node", "roleArn": role}],
    )

    (association,) = eks.list_pod_identity_associations(clusterName="main")["associations"]

    assert association["ownerArn"].split("/")[-2] == "vpc-cni"


@pytest.mark.claim(22, part="emulator")
def test_policy_and_tags_share_a_packed_limit(case: Case):
    """STS: `PackedPolicyTooLarge`. EKS does not allow both together, so the test calls STS as EKS Auth would."""
    from sandbox.aws import service_headers  # noqa: PLC0415 - only this test acts as the service

    role = case.role("api", case.trust())
    resources = [f"arn:aws:s3:::{'x' * 60}{n}/*" for n in range(15)]
    big = document(*[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource} for resource in resources])
    settings = json.loads((case.feed_directory / "eks-auth.json").read_text())
    sts = case.client("sts")
    headers = service_headers(settings["serviceSecret"], account=case.account, cluster_arn=case.cluster_arn)

    def as_eks(request: AWSRequest, **_: object) -> None:
        for name, value in headers.items():
            request.headers[name] = value

    sts.meta.events.register("before-sign.sts.AssumeRole", as_eks)
    tags = {
        "eks-cluster-arn": case.cluster_arn,
        "kubernetes-namespace": case.namespace,
        "kubernetes-service-account": "api",
    }

    def assume(padding: int) -> None:
        sent = tags | {f"padding-{number}": "x" * 250 for number in range(padding)}
        sts.assume_role(
            RoleArn=role,
            RoleSessionName="session",
            Policy=json.dumps(big, separators=(",", ":")),
            Tags=[{"Key": key, "Value": value} for key, value in sent.items()],
        )

    assume(0)
    with pytest.raises(ClientError, match="PackedPolicyTooLarge"):
        assume(12)
