"""Programs of raw resources under mocks, written as the documentation of Pulumi and AWS shows."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from eks_pod_identity.access import Outcome
from eks_pod_identity.testing import assert_allowed
from pulumi_eks_pod_identity.testing import Mocks, identities

READ, WRITE, OBJECT = "s3:GetObject", "s3:PutObject", "arn:aws:s3:::invoices/1"


def trust(**conditions: Any) -> str:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Condition": conditions}]})


TRUST = trust()


def policy(action: str, effect: str = "Allow", resource: str = "arn:aws:s3:::invoices/*") -> Any:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}


def role(resource_name: str = "api", **arguments: Any) -> aws.iam.Role:
    return aws.iam.Role(resource_name, assume_role_policy=arguments.pop("trust", TRUST), **arguments)


def associate(role_arn: Any, service_account: str = "api", **arguments: Any) -> None:
    aws.eks.PodIdentityAssociation(
        service_account,
        cluster_name=arguments.pop("cluster_name", "prod"),
        namespace="payments",
        service_account=service_account,
        role_arn=role_arn,
        **arguments,
    )


def outcome(program: Callable[[], object], action: str = READ, resource: str = OBJECT, **options: Any) -> Outcome:
    return identities(program, **options)["payments/api"].decide(action, resource).outcome


def inline_by(reference: Callable[[aws.iam.Role], Any]) -> Callable[[], None]:
    def program() -> None:
        used = role()
        aws.iam.RolePolicy("read", role=reference(used), policy=policy(READ))
        associate(used.arn)

    return program


def attached_by(reference: Callable[[aws.iam.Policy], Any]) -> Callable[[], None]:
    def program() -> None:
        used, managed = role(), aws.iam.Policy("read", policy=policy(READ))
        aws.iam.RolePolicyAttachment("read", role=used.name, policy_arn=reference(managed))
        associate(used.arn)

    return program


def in_the_role() -> None:
    inline = aws.iam.RoleInlinePolicyArgs(name="read", policy=json.dumps(policy(READ)))
    associate(role(inline_policies=[inline]).arn)


def by_arn_in_the_role() -> None:
    associate(role(managed_policy_arns=[aws.iam.Policy("read", policy=policy(READ)).arn]).arn)


def exclusively() -> None:
    used, managed = role(), aws.iam.Policy("read", policy=policy(READ))
    aws.iam.RolePolicyAttachmentsExclusive("read", role_name=used.name, policy_arns=[managed.arn])
    associate(used.arn)


def in_a_shared_attachment() -> None:
    used, managed = role(), aws.iam.Policy("read", policy=policy(READ))
    aws.iam.PolicyAttachment("read", roles=[used.name], policy_arn=managed.arn)
    associate(used.arn)


def secretly() -> None:
    used = role(trust=pulumi.Output.secret(TRUST))
    aws.iam.RolePolicy("read", role=used.id, policy=pulumi.Output.secret(json.dumps(policy(READ))))
    associate(used.arn)


def by_a_name_prefix() -> None:
    used = role(name_prefix="api-")
    aws.iam.RolePolicy("read", name_prefix="read-", role=used.name, policy=policy(READ))
    associate(used.arn)


def by_a_tag() -> None:
    provider = aws.Provider("tagged", region="eu-west-1", default_tags={"tags": {"bucket": "invoices"}})
    used = role(opts=pulumi.ResourceOptions(provider=provider))
    by_tag = policy(READ, resource="arn:aws:s3:::${aws:PrincipalTag/bucket}/*")
    aws.iam.RolePolicy("read", role=used.id, policy=by_tag)
    associate(used.arn)


async def asynchronously() -> None:
    inline_by(lambda used: used.id)()


@pytest.mark.parametrize(
    "program",
    [
        inline_by(lambda used: used.id),
        inline_by(lambda used: used.name),
        attached_by(lambda managed: managed.arn),
        attached_by(lambda managed: managed.id),
        in_the_role,
        by_arn_in_the_role,
        exclusively,
        in_a_shared_attachment,
        secretly,
        by_a_name_prefix,
        by_a_tag,
        asynchronously,
    ],
)
def test_a_policy_counts_in_whatever_way_a_role_gets_it(program: Callable[[], object]):
    assert outcome(program) is Outcome.ALLOW
    assert outcome(program, WRITE) is Outcome.IMPLICIT_DENY


def test_an_inline_policy_and_a_managed_one_may_have_one_name():
    def program() -> None:
        used = role()
        aws.iam.RolePolicy("read", name="read", role=used.name, policy=policy(READ))
        managed = aws.iam.Policy("read", name="read", policy=policy(WRITE, "Deny"))
        aws.iam.RolePolicyAttachment("read", role=used.name, policy_arn=managed.arn)
        associate(used.arn)

    assert outcome(program) is Outcome.ALLOW
    assert outcome(program, WRITE) is Outcome.EXPLICIT_DENY


def test_components_may_have_children_of_one_name():
    class Workload(pulumi.ComponentResource):
        def __init__(self, name: str, action: str) -> None:
            super().__init__(f"shop:index:{name.title()}", name)
            parent = pulumi.ResourceOptions(parent=self)
            used = role("role", name=name, opts=parent)
            aws.iam.RolePolicy("policy", role=used.id, policy=policy(action), opts=parent)
            associate(used.arn, name)

    def program() -> None:
        Workload("api", READ)
        Workload("worker", WRITE)

    by_pair = identities(program)

    allowed = {
        (pair, action)
        for pair, identity in by_pair.items()
        for action in (READ, WRITE)
        if identity.decide(action, OBJECT).outcome is Outcome.ALLOW
    }
    assert allowed == {("payments/api", READ), ("payments/worker", WRITE)}


def test_the_resources_of_a_loop_are_their_own():
    def program() -> None:
        for name in ("api", "worker"):
            used, orders = role(name), aws.sqs.Queue(name)
            document = orders.arn.apply(lambda arn: json.dumps(policy("sqs:SendMessage", resource=arn)))
            aws.iam.RolePolicy(name, role=used.id, policy=document)
            associate(used.arn, name)

    queues = "arn:aws:sqs:eu-west-1:111122223333"
    assert outcome(program, "sqs:SendMessage", f"{queues}:api") is Outcome.ALLOW
    assert outcome(program, "sqs:SendMessage", f"{queues}:worker") is Outcome.IMPLICIT_DENY


def test_the_cluster_of_the_program_is_known_by_its_id_and_its_arn():
    def program() -> None:
        cluster = aws.eks.Cluster("prod", role_arn="arn:aws:iam::111122223333:role/c", vpc_config={"subnet_ids": []})
        used = role(trust=cluster.arn.apply(lambda arn: trust(ArnEquals={"aws:SourceArn": arn})))
        aws.iam.RolePolicy("read", role=used.id, policy=policy(READ))
        associate(used.arn, cluster_name=cluster.id)

    assert identities(program)["payments/api"].cluster == "prod"
    assert outcome(program) is Outcome.ALLOW


@pytest.mark.parametrize(
    "arn",
    [
        lambda: aws.iam.Role.get("existing", "payments-api").arn,
        lambda: aws.iam.get_role(name="payments-api").arn,
        lambda: aws.iam.get_role_output(name="payments-api").arn,
    ],
)
def test_a_role_that_is_only_looked_up_has_its_arn_and_leaves_its_policies_open(arn: Callable[[], Any]):
    def program() -> None:
        associate(arn())

    (api,) = identities(program).values()

    assert api.role.arn == "arn:aws:iam::111122223333:role/payments-api"
    assert api.decide(READ, OBJECT).outcome is Outcome.UNKNOWN


def test_a_provider_determines_the_account_and_region_of_its_resources():
    def program() -> None:
        provider = aws.Provider("other", region="eu-central-1", allowed_account_ids=["444455556666"])
        other = pulumi.ResourceOptions(provider=provider)
        used = role(opts=other)
        looked_up = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(provider=provider)).account_id
        document = looked_up.apply(lambda account: json.dumps(policy(READ, resource=f"arn:aws:s3:::{account}/*")))
        aws.iam.RolePolicy("read", role=used.id, policy=document, opts=other)
        associate(used.arn, opts=other)

    (api,) = identities(program).values()

    assert (api.region, api.account, api.role.account) == ("eu-central-1", "444455556666", "444455556666")
    assert outcome(program, resource="arn:aws:s3:::444455556666/1") is Outcome.ALLOW
    assert outcome(program, mocks=Mocks(account="777788889999"), resource="arn:aws:s3:::777788889999/1") is (
        Outcome.IMPLICIT_DENY
    )


def test_documents_of_the_provider_are_put_together_as_the_provider_does():
    def program() -> None:
        statements: Any = [
            {
                "sid": "Read",
                "actions": [READ],
                "resources": ["arn:aws:s3:::&{aws:PrincipalTag/kubernetes-namespace}/*"],
            }
        ]
        earlier = {**policy(WRITE)["Statement"][0], "Sid": "Write"}
        wide = {**policy(READ, resource="*")["Statement"][0], "Sid": "Read"}
        never = {**policy("s3:DeleteObject", "Deny")["Statement"][0], "Sid": "Write"}
        document = aws.iam.get_policy_document(
            statements=statements,
            source_policy_documents=[json.dumps({"Statement": [wide, earlier]})],
            override_policy_documents=[json.dumps({"Statement": never})],
        )
        used = role()
        aws.iam.RolePolicy("read", role=used.id, policy=document.json)
        associate(used.arn)

    assert outcome(program, resource="arn:aws:s3:::payments/1") is Outcome.ALLOW
    assert outcome(program) is Outcome.IMPLICIT_DENY  # the statement with the Sid of `wide` took its place
    assert outcome(program, WRITE) is Outcome.IMPLICIT_DENY
    assert outcome(program, "s3:DeleteObject") is Outcome.EXPLICIT_DENY


def test_outputs_of_another_stack_are_those_that_the_test_gives():
    def program() -> None:
        other = pulumi.StackReference("org/infra/prod")
        inline_by(lambda used: used.id)()
        associate(role("worker").arn, "worker", cluster_name=other.require_output("clusterName"))

    mocks = Mocks(stack_outputs={"org/infra/prod": {"clusterName": "green"}})

    assert identities(program, mocks=mocks)["payments/worker"].cluster == "green"


def test_a_managed_policy_without_a_text_is_asked_for():
    def program() -> None:
        used = role()
        aws.iam.RolePolicyAttachment("read", role=used.name, policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        associate(used.arn)

    with pytest.raises(AssertionError, match=r'managed_policies=\{"arn:aws:iam::aws:policy/ReadOnlyAccess": \.\.\.\}'):
        assert_allowed(identities(program)["payments/api"], READ, OBJECT)
