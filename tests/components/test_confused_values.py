"""Values that users confuse: the error says what the value is and what to write instead."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError, PodIdentityRole, PodIdentityTargetRole
from recording import ACCOUNT, record

BASE: dict[str, Any] = {"cluster_name": "dev", "namespace": "payments", "service_account": "api"}
STATEMENT = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]}
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
BINDING = {"namespace": "a", "service_account": "b"}
NAME_IT = "Give the document a name"


def problems(args: dict[str, Any], component: Any = PodIdentity) -> dict[str, str]:
    return {problem.typed_path(): problem.sentence() for problem in component.validate(args)}


def result() -> Any:
    return aws.iam.get_policy_document(statements=[{"actions": ["s3:GetObject"], "resources": ["*"]}])


@pytest.mark.parametrize("key", ["policies", "target_policies"])
@pytest.mark.parametrize(
    ("value", "what"),
    [
        (DOCUMENT, "one policy document"),
        ({"Version": "2012-10-17"}, "one policy document"),
        ({"Version": "2012-10-17", "Statement": None}, "one policy document"),
        ({"Version": "2012-10-17", "Id": "x", "Statement": [STATEMENT]}, "one policy document"),
        ({"version": "2012-10-17", "statement": []}, "one policy document"),
        ({"statements": [{"actions": ["s3:GetObject"]}]}, "one policy document"),
        ({"Statement": [STATEMENT], "more": DOCUMENT}, "one policy document"),
        (STATEMENT, "one statement"),
        (json.dumps(DOCUMENT), "a string"),
        (AUDIT, "a string"),
        ([DOCUMENT], "a list"),
        ([STATEMENT], "a list"),
    ],
)
def test_a_document_instead_of_a_map_of_documents_needs_a_name(key: str, value: Any, what: str):
    error = problems(BASE | {"create_target_role": True, key: value})

    assert list(error) == [key]
    assert f"This is {what}" in error[key]
    assert NAME_IT in error[key]


@pytest.mark.parametrize("name", ["Statement", "statements", "Version", "id", "Action"])
def test_a_document_may_be_named_like_a_policy_element(name: str):
    assert problems(BASE | {"policies": {name: DOCUMENT}}) == {}
    assert problems(BASE | {"policies": {name: json.dumps(DOCUMENT)}}) == {}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (STATEMENT, "This is a statement, not a policy document"),
        ([STATEMENT], "not a list"),
        ({"read": DOCUMENT}, 'the element "read"'),
        (AUDIT, "'managed_policy_arns' attaches managed policies"),
        ("policies/read.json", "Give what the file contains"),
    ],
)
@pytest.mark.parametrize("key", ["policies.x", "session_policy"])
def test_a_wrong_value_for_a_document_is_named_with_its_type(key: str, value: Any, text: str):
    error = problems(BASE | ({"policies": {"x": value}} if key == "policies.x" else {key: value}))

    assert {path.removesuffix(".Statement") for path in error} == {key}
    assert text in error[key]


@pytest.mark.parametrize(
    ("value", "path", "text"),
    [
        ({"Version": "2012-10-17", "Statement": [EC2]}, "extra_trust_statements", "Expected a list, got a map"),
        (EC2, "extra_trust_statements", "Expected a list, got a map"),
        (json.dumps([EC2]), "extra_trust_statements", "Expected a list, got a string"),
        ([{"Version": "2012-10-17", "Statement": [EC2]}], "extra_trust_statements[0]", "each item of its Statement"),
        ([json.dumps(EC2)], "extra_trust_statements[0]", "A statement is a map, not a string"),
    ],
)
def test_a_document_instead_of_statements_is_named_as_one(value: Any, path: str, text: str):
    error = problems(BASE | {"extra_trust_statements": value})

    assert list(error) == [path]
    assert text in error[path]


@pytest.mark.parametrize(
    ("args", "path", "text"),
    [
        (lambda: {"policies": result()}, "policies", 'give the document a name: {"invoices": result.json}'),
        (
            lambda: {"extra_trust_statements": [result()]},
            "extra_trust_statements[0]",
            'loads(result.json)["Statement"]',
        ),
        (lambda: {"role_name": aws.get_partition()}, "role_name", "(GetPartitionResult). Pass the attribute"),
        (lambda: {"tags": {"x"}}, "tags", "got a set. Make a list of it"),
        (lambda: {"tags": b"x"}, "tags", "got bytes. Decode it"),
        (lambda: {"tags": iter("x")}, "tags", "Make a list of it"),
        (
            lambda: {"managed_policy_arns": [AUDIT]},
            "managed_policy_arns",
            "Expected a map of names to values, got a list",
        ),
        (
            lambda: {"managed_policy_arns": AUDIT},
            "managed_policy_arns",
            "Expected a map of names to values, got a string",
        ),
    ],
)
def test_a_result_or_an_object_comes_with_what_to_pass(args: Callable[[], dict[str, Any]], path: str, text: str):
    errors: list[dict[str, str]] = []
    record(lambda: errors.append(problems(BASE | args())))

    assert list(errors[0]) == [path]
    assert text in errors[0][path]


@pytest.mark.parametrize("component", [PodIdentity, PodIdentityRole, PodIdentityTargetRole])
@pytest.mark.parametrize(
    ("args", "path"),
    [
        ({"serviceAccount": "b", "namespace": "a"}, "serviceAccount"),
        ({"service_acount": "b", "namespace": "a"}, "service_acount"),
        ({"bindings": [BINDING, {"namespace": "a", "serviceAccount": "c"}]}, "bindings[1].serviceAccount"),
        ({"bindings": [{"namspace": "a", "service_account": "c"}]}, "bindings[0].namspace"),
        ({"bindings": [BINDING | {"namespace": "x-*"}]}, "bindings[0].namespace"),
        ({"bindings": [BINDING, BINDING | {"session_policy": AUDIT}]}, "bindings[1].session_policy"),
        ({"bindings": [BINDING | {"cluster_name": "arn:aws:eks:eu-west-1:1:cluster/x"}]}, "bindings[0].cluster_name"),
        ({"bindings": [BINDING, "a/b"]}, "bindings[1]"),
        ({"bindings": BINDING}, "bindings"),
        ({"bindings": []}, "bindings"),
    ],
)
def test_a_mistake_about_bindings_is_one_problem(component: Any, args: dict[str, Any], path: str):
    more = {"source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/x", "cluster_region": "eu-west-1"}

    error = problems({"cluster_name": "dev"} | args | (more if component is PodIdentityTargetRole else {}), component)

    assert list(error) == [path]


def test_a_misspelled_cluster_is_not_reported_as_missing_too():
    assert list(problems({"clusterName": "dev", "namespace": "a", "service_account": "b"})) == ["clusterName"]


def test_an_argument_of_another_component_does_not_replace_a_missing_one():
    args = {"cluster_name": "dev", "namespace": "a", "create_service_account": True}

    assert list(problems(args, PodIdentityRole)) == ["create_service_account", "service_account"]


def test_a_binding_that_is_an_output_is_refused():
    def program() -> None:
        error = problems({"cluster_name": "dev", "bindings": [pulumi.Output.from_input(BINDING)]})
        assert "The binding must not be an Output" in error["bindings[0]"]

    record(program)


@pytest.mark.parametrize(
    ("component", "key", "text"),
    [
        (PodIdentityRole, "create_service_account", "It belongs to PodIdentity"),
        (PodIdentityRole, "role_arn", "It belongs to PodIdentity"),
        (PodIdentityTargetRole, "irsa_provider_arn", "this component creates the target role only"),
        (PodIdentityTargetRole, "create_namespace", "this component creates the target role only"),
    ],
)
def test_an_argument_of_another_component_names_that_component(component: Any, key: str, text: str):
    assert text in problems({key: True}, component)[key]


@pytest.mark.parametrize(
    ("args", "path"),
    [
        ({"role_arn": f"arn:aws:iam::{ACCOUNT}:role/arn:aws:iam::{ACCOUNT}:role/x"}, "role_arn"),
        ({"role_arn": f"arn:aws:iam::{ACCOUNT}:role/x,arn:aws:iam::{ACCOUNT}:role/y"}, "role_arn"),
        ({"target_role_arn": f"arn:aws:iam::{ACCOUNT}:role/arn:aws:iam::{ACCOUNT}:role/x"}, "target_role_arn"),
        ({"permissions_boundary_arn": f"arn:aws:iam::{ACCOUNT}:policy/{AUDIT}"}, "permissions_boundary_arn"),
        ({"managed_policy_arns": {"a": f"arn:aws:iam::aws:policy/{AUDIT}"}}, "managed_policy_arns.a"),
        (
            {"assumable_role_arns": {"a": f"arn:aws:iam::{ACCOUNT}:role/arn:aws:iam::{ACCOUNT}:role/x"}},
            "assumable_role_arns.a",
        ),
        ({"role_path": "/arn:aws:iam::1:role/"}, "role_path"),
        ({"role_path": "/*/"}, "role_path"),
        ({"role_path": "/team-?/"}, "role_path"),
        (
            {"irsa_provider_arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.x.amazonaws.com/id/EXAMPLE"},
            "irsa_provider_arn",
        ),
    ],
)
def test_an_arn_in_an_arn_and_a_wildcard_in_a_path_are_refused(args: dict[str, Any], path: str):
    assert list(problems(BASE | args)) == [path]


@pytest.mark.parametrize(
    ("provider", "text"),
    [
        (lambda: "arn:aws:iam::444455556666:role/x", "got a string"),
        (lambda: kubernetes.Provider("k"), "got a provider of kubernetes"),
    ],
)
def test_another_target_provider_than_one_of_aws_is_refused(provider: Callable[[], Any], text: str):
    def program() -> None:
        with pytest.raises(PodIdentityInputError, match=rf"- target_provider: .*{text}"):
            PodIdentity("api", BASE | {"create_target_role": True}, target_provider=provider())  # pyright: ignore[reportArgumentType] # the mistake

    record(program)


def test_what_validate_has_seen_can_still_be_awaited():
    async def cluster() -> str:
        return "dev"

    def program() -> None:
        args: Any = BASE | {"cluster_name": cluster()}
        assert PodIdentity.validate(args) == ()
        PodIdentity("api", args)

    assert record(program).resource("api-association").inputs["clusterName"] == "dev"


NODE_TEXT = "Calling [toString] on an [Output<T>] is not supported.\n\nTo get the value of an Output<T> …"
NODE_JSON = "Calling [toJSON] on an [Output<T>] is not supported.\n\nTo get the value of an Output as a JSON value …"


@pytest.mark.parametrize("key", ["cluster_name", "role_name", "role_description", "permissions_boundary_arn"])
def test_an_output_in_an_f_string_is_recognized_in_any_argument(key: str):
    text = f"{pulumi.Output.from_input('prod')}-x"

    assert problems(BASE | {key: text}) == {
        key: "The string was built from an Output, so it contains an error message of Pulumi instead of the value. "
        'Write pulumi.Output.format("{0}/*", bucket.arn) instead of an f-string, and pulumi.Output.json_dumps instead '
        "of json.dumps."
    }


@pytest.mark.parametrize("text", [NODE_TEXT, f"arn:aws:s3:::{NODE_TEXT}/*", json.dumps({"a": NODE_JSON})])
@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("tags", {"bucket": ...}, "tags.bucket"),
        ("policies", {"x": ...}, "policies.x"),
        ("policies", {"x": {"Statement": [{"Resource": [...]}]}}, "policies.x.Statement[0].Resource[0]"),
        ("bindings", [{"namespace": ..., "service_account": "api"}], "bindings[0].namespace"),
    ],
)
def test_a_template_string_of_typescript_is_recognized_at_any_depth(text: str, key: str, value: Any, path: str):
    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: put(item) for name, item in value.items()}
        return [put(item) for item in value] if isinstance(value, list) else text if value is ... else value

    error = problems({"cluster_name": "dev", key: put(value)} if key == "bindings" else BASE | {key: put(value)})

    assert list(error) == [path]
    assert "pulumi.interpolate" in error[path]


def test_an_output_may_not_resolve_to_such_a_text_either():
    assert problems(BASE | {"role_description": "Reading an Output is not supported here"}) == {}

    with pytest.raises(PodIdentityInputError, match="role_description: The string was built from an Output"):
        record(
            lambda: PodIdentity("api", {**BASE, "role_description": pulumi.Output.from_input(NODE_TEXT)})  # pyright: ignore[reportArgumentType] # made from a plain dict
        )


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("opts", pulumi.ResourceOptions(), "Pass them as the third argument of the component."),
        ("depends_on", [], "options are the third argument of a component."),
        ("provider", "aws", "options are the third argument of a component."),
        ("dependsOn", [], "options are the third argument of a component."),
        ("target_provider", "aws", "other languages use PodIdentityTargetRole."),
        ("assume_role_policy", {}, "'extra_trust_statements' adds to it."),
        ("trust_policy", "{}", "'extra_trust_statements' adds to it."),
        ("inline_policies", {}, "Did you mean 'policies'?"),
        ("external_id", "x", "EKS chooses the external id"),
        ("cluster", "dev", "Did you mean 'cluster_name'?"),
    ],
)
def test_what_belongs_elsewhere_says_where(key: str, value: Any, text: str):
    error = problems(BASE | {key: value})

    assert list(error) == [key]
    assert text in error[key]


def test_a_provider_among_the_arguments_says_where_it_goes():
    errors: dict[str, str] = {}

    def program() -> None:
        provider: Any = aws.Provider("data", region="eu-west-1")
        errors.update(problems(BASE | {"target_provider": provider, "provider": provider}))

    record(program)

    assert "as a keyword: PodIdentity(name, {...}, target_provider=...)" in errors["target_provider"]
    assert "pulumi.ResourceOptions(provider=...)" in errors["provider"]


@pytest.mark.parametrize("component", [PodIdentityRole, PodIdentityTargetRole])
def test_every_role_knows_what_its_arguments_are_called_elsewhere(component: Any):
    error = problems({"inline_policies": {}, "assume_role_policy": {}}, component)

    assert error["inline_policies"] == "Unknown argument. Did you mean 'policies'?"
    assert "'extra_trust_statements' adds to it" in error["assume_role_policy"]


def test_an_element_under_a_misspelled_name_is_reported_once_with_its_name():
    document = {"version": "2012-10-17", "statements": [STATEMENT]}
    misspelled = {"effect": "Allow", "Actions": ["s3:GetObject"], "resource": ["*"], "Extra": 1}

    def fixes(document: Any) -> list[str]:
        reported = PodIdentity.validate(BASE | {"policies": {"x": document}})
        return [f"{problem.typed_path()}: {problem.fix}" for problem in reported]

    assert sorted(fixes(document)) == ['policies.x: Write "Statement".', 'policies.x: Write "Version".']
    assert sorted(fixes({"Statement": [misspelled]})) == [
        "policies.x.Statement[0]: Remove the element, or correct its spelling and its case.",
        'policies.x.Statement[0]: Write "Action".',
        'policies.x.Statement[0]: Write "Effect".',
        'policies.x.Statement[0]: Write "Resource".',
    ]


def test_a_misspelled_element_of_a_trust_statement_is_reported_once():
    statement = {"effect": "Allow", "principal": EC2["Principal"], "Actions": "sts:AssumeRole"}

    reported = PodIdentity.validate(BASE | {"extra_trust_statements": [statement]})

    assert sorted(problem.fix for problem in reported) == ['Write "Action".', 'Write "Effect".', 'Write "Principal".']
