"""What the components register, fed to the pack: at preview and after it, nothing is wrong and nothing is unknown."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import proto

from policy_harness import Result, result_of, servicer
from pulumi_eks_pod_identity import (
    PodIdentity,
    PodIdentityAgent,
    PodIdentityInputError,
    PodIdentityRole,
    PodIdentityTargetRole,
    TrustScope,
)
from recording import Recording, record

READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]}],
}
BASE: dict[str, Any] = {"cluster_name": "dev", "namespace": "payments", "service_account": "api"}
TAGS = {"Owner": "payments"}


def made(**arguments: Any) -> Any:
    return {**BASE, "tags": TAGS, **arguments}


def judge(recording: Recording, config: dict[str, Any] | None = None) -> Result:
    """Feed the registrations to the pack as the engine would, unknown values and all."""
    pack = servicer({"requiredTags": ["Owner"], **(config or {})})
    responses = []
    stack = []
    for one in recording.resources:
        request = one.request
        responses.append(
            pack.Analyze(
                proto.AnalyzeRequest(type=one.type, name=one.name, urn=one.urn, properties=request.object), None
            )
        )
        resource = proto.AnalyzerResource(type=one.type, name=one.name, urn=one.urn, properties=request.object)
        for key, urns in one.property_dependencies.items():
            resource.propertyDependencies[key].urns.extend(urns)
        stack.append(resource)
    responses.append(pack.AnalyzeStack(proto.AnalyzeStackRequest(resources=stack), None))
    return result_of(responses)


def identity(**arguments: Any) -> Callable[[], Any]:
    return lambda: PodIdentity("api", made(**arguments))


def several(*arguments: dict[str, Any]) -> Callable[[], Any]:
    def program() -> None:
        PodIdentityAgent("agent", {"cluster_name": "dev", "tags": TAGS})
        for index, one in enumerate(arguments):
            PodIdentity(f"identity-{index}", made(**{"service_account": f"sa-{index}", **one}))

    return program


def across_accounts() -> None:
    source = PodIdentity(
        "api",
        made(role_name="source", account_id="111122223333", target_role_arn="arn:aws:iam::111122223333:role/target"),
    )
    PodIdentityTargetRole(
        "other",
        made(
            cluster_region="eu-west-1",
            cluster_account_id="111122223333",
            source_role_arn="arn:aws:iam::111122223333:role/source",
            role_name="target",
            policies={"read": READ},
        ),
    )
    pulumi.export("role", source.role_arn)


PROGRAMS: dict[str, Callable[[], Any]] = {
    "least": identity(),
    "everything": identity(
        policies={"invoices": READ},
        managed_policy_arns={"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
        create_target_role=True,
        target_policies={"data": READ},
        agent="managed",
        create_service_account=True,
        create_namespace=True,
    ),
    "managed policies": identity(policies={"invoices": READ}, policy_kind="managed", create_target_role=True),
    "session policy": identity(policies={"invoices": READ}, session_policy=READ),
    "tags off": identity(disable_session_tags=True),
    "session policy and target": identity(
        session_policy=READ, create_target_role=True, target_policies={"data": READ}
    ),
    "namespace scope": identity(trust_scope=TrustScope.NAMESPACE),
    "cluster scope": identity(trust_scope=TrustScope.CLUSTER),
    "account scope": identity(trust_scope=TrustScope.ACCOUNT),
    "dual trust": identity(
        irsa_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
    ),
    "several": several({}, {"session_policy": READ}, {"create_target_role": True}),
    "role alone": lambda: PodIdentityRole("addon", made()),
    "target elsewhere": across_accounts,
}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
@pytest.mark.parametrize("name", list(PROGRAMS))
def test_the_components_pass_their_own_policies(name: str, preview: bool):
    found = judge(record(PROGRAMS[name], preview=preview))

    assert [one.message for one in found.diagnostics if one.level == "mandatory"] == []
    assert [one.message for one in found.diagnostics if not one.is_finding] == []


def test_without_tags_the_same_program_is_found():
    found = judge(record(lambda: PodIdentity("api", made(tags=None)), preview=True))

    assert {one.urn.rsplit("::", 1)[1] for one in found.of("PI501")} == {"api-role", "api-association"}
    assert "Add it to `tags` of the component" in found.of("PI501")[0].message


def test_several_bindings_of_one_role_are_an_advisory():
    pairs: Any = [{"namespace": "payments", "service_account": name} for name in ("api", "worker")]

    found = judge(
        record(lambda: PodIdentity("shared", {"cluster_name": "dev", "bindings": pairs, "tags": TAGS}), preview=True)
    )

    assert found.codes == {"PI205"}
    assert {one.level for one in found.of("PI205")} == {"advisory"}


def test_two_components_for_one_service_account_are_found_at_preview():
    with pytest.raises(PodIdentityInputError, match=r'"identity-1".*\n.*PodIdentity "identity-0" already has'):
        record(several({"service_account": "same"}, {"service_account": "same"}), preview=True)


def test_an_agent_that_is_managed_by_a_component_is_the_agent_of_the_cluster():
    assert "PI405" not in judge(record(several({}), preview=True)).codes
    assert "PI405" not in judge(record(identity(agent="managed"), preview=True)).codes
