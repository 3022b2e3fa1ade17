"""The pack on resources of the components: at preview and after it, nothing is wrong and nothing is unknown."""

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


def arguments_of(**arguments: Any) -> Any:
    return {**BASE, "tags": TAGS, **arguments}


def judge(recording: Recording, config: dict[str, Any] | None = None) -> Result:
    """Pass the registrations with their unknown values to the pack, as the engine would."""
    pack = servicer({"requiredTags": ["Owner"], **(config or {})})
    responses = []
    stack = []
    for registered in recording.resources:
        request = registered.request
        responses.append(
            pack.Analyze(
                proto.AnalyzeRequest(
                    type=registered.type, name=registered.name, urn=registered.urn, properties=request.object
                ),
                None,
            )
        )
        resource = proto.AnalyzerResource(
            type=registered.type, name=registered.name, urn=registered.urn, properties=request.object
        )
        for key, urns in registered.property_dependencies.items():
            resource.propertyDependencies[key].urns.extend(urns)
        stack.append(resource)
    responses.append(pack.AnalyzeStack(proto.AnalyzeStackRequest(resources=stack), None))
    return result_of(responses)


def identity(**arguments: Any) -> Callable[[], Any]:
    return lambda: PodIdentity("api", arguments_of(**arguments))


def several(*arguments: dict[str, Any]) -> Callable[[], Any]:
    def program() -> None:
        PodIdentityAgent("agent", {"cluster_name": "dev", "tags": TAGS})
        for index, args in enumerate(arguments):
            PodIdentity(f"identity-{index}", arguments_of(**{"service_account": f"sa-{index}", **args}))

    return program


def across_accounts() -> None:
    source = PodIdentity(
        "api",
        arguments_of(
            role_name="source", account_id="111122223333", target_role_arn="arn:aws:iam::111122223333:role/target"
        ),
    )
    PodIdentityTargetRole(
        "other",
        arguments_of(
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
    "role alone": lambda: PodIdentityRole("addon", arguments_of()),
    "target elsewhere": across_accounts,
}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
@pytest.mark.parametrize("name", list(PROGRAMS))
def test_the_components_pass_their_own_policies(name: str, preview: bool):
    result = judge(record(PROGRAMS[name], preview=preview))

    assert [diagnostic.message for diagnostic in result.diagnostics if diagnostic.level == "mandatory"] == []
    assert [diagnostic.message for diagnostic in result.diagnostics if not diagnostic.is_finding] == []


def test_without_tags_the_same_program_is_found():
    result = judge(record(lambda: PodIdentity("api", arguments_of(tags=None)), preview=True))

    assert {diagnostic.urn.rsplit("::", 1)[1] for diagnostic in result.of("PI501")} == {"api-role", "api-association"}
    assert "Add it to `tags` of the component" in result.of("PI501")[0].message


def test_several_bindings_of_one_role_are_an_advisory():
    pairs: Any = [{"namespace": "payments", "service_account": name} for name in ("api", "worker")]

    result = judge(
        record(lambda: PodIdentity("shared", {"cluster_name": "dev", "bindings": pairs, "tags": TAGS}), preview=True)
    )

    assert result.codes == {"PI205"}
    assert {diagnostic.level for diagnostic in result.of("PI205")} == {"advisory"}


def test_two_components_for_one_service_account_are_found_at_preview():
    with pytest.raises(PodIdentityInputError, match=r'"identity-1".*\n.*PodIdentity "identity-0" already has'):
        record(several({"service_account": "same"}, {"service_account": "same"}), preview=True)


def test_an_agent_that_is_managed_by_a_component_is_the_agent_of_the_cluster():
    assert "PI405" not in judge(record(several({}), preview=True)).codes
    assert "PI405" not in judge(record(identity(agent="managed"), preview=True)).codes
