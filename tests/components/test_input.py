"""Wrong arguments: one error has every problem in the user's spelling, and nothing is registered."""

import datetime as dt
import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityAgent, PodIdentityInputError, PodIdentityRole
from recording import ACCOUNT, output_of, record, record_error

ROLE = "arn:aws:iam::111122223333:role/x"


def problems(args: Any, component: Any = PodIdentity) -> dict[str, str]:
    """Return the problems of a component by path. It must register nothing."""
    error = record_error(lambda: component("api", args() if callable(args) else args))
    sentences: dict[str, str] = {}
    for problem in error.problems:
        sentences[problem.typed_path()] = f"{sentences.get(problem.typed_path(), '')} {problem.sentence()}"
    return sentences


@pytest.mark.parametrize(
    ("args", "place", "text"),
    [
        ({"cluster_name": "arn:aws:eks:eu-west-1:1:cluster/dev"}, "cluster_name", "not the ARN"),
        ({"namespace": "preview-*"}, "namespace", "wildcard"),
        ({"namespace": "a" * 64}, "namespace", "64 characters"),
        ({"service_account": "a..b"}, "service_account", "RFC 1123"),
        ({"service_account": "*"}, "service_account", "wildcard"),
        ({"role_name": "a" * 65}, "role_name", "65 characters"),
        ({"role_path": "workloads"}, "role_path", "must start and end"),
        ({"role_description": "“x”"}, "role_description", "Latin-1"),
        ({"permissions_boundary_arn": ROLE}, "permissions_boundary_arn", "managed policy"),
        ({"max_session_duration_seconds": 60}, "max_session_duration_seconds", "3,600 to 43,200"),
        ({"max_session_duration_seconds": 3600.5}, "max_session_duration_seconds", "whole number"),
        ({"propagation_seconds": -1}, "propagation_seconds", "0 to 600"),
        ({"propagation_seconds": 1.5}, "propagation_seconds", "whole number of seconds, got 1.5. Round it"),
        (
            {"propagation_seconds": "15"},
            "propagation_seconds",
            "whole number of seconds, got a string. Write it without",
        ),
        ({"trust_scope": "pod"}, "trust_scope", '"service_account", "namespace", "cluster", "account"'),
        ({"agent": "Managed"}, "agent", '"existing", "managed", "auto_mode"'),
        ({"create_service_account": "yes"}, "create_service_account", "in Python True or False"),
        ({"account_id": 111122223333}, "account_id", "quotes"),
        ({"partition": "china"}, "partition", "aws-cn"),
        ({"region": "Ireland"}, "region", "eu-west-1"),
        ({"policies": {"x": "{"}}, "policies.x", "not JSON"),
        ({"policies": {"a b": {}}}, 'policies["a b"]', "IAM policy name"),
        ({"policies": []}, "policies", "a map"),
        ({"managed_policy_arns": {"x": ROLE}}, "managed_policy_arns.x", "managed policy"),
        ({"irsa_provider_arn": ROLE}, "irsa_provider_arn", "OIDC provider"),
        ({"tags": {"aws:x": "y"}}, "tags.aws:x", "reserved"),
        ({"tags": {"x": 1}}, "tags.x", "quotes"),
        ({"tags": {"kubernetes-namespace": "x"}}, "tags.kubernetes-namespace", "forged"),
        ({"tags": {f"k{n}": "v" for n in range(51)}}, "tags", "51 tags"),
        ({"extra_trust_statements": [{"Effect": "Allow"}]}, "extra_trust_statements[0]", "no Action"),
        ({"extra_trust_statements": {}}, "extra_trust_statements", "a list"),
        ({"target_role_arn": "x"}, "target_role_arn", "IAM role"),
        ({"bindings": {}}, "bindings", "a list"),
    ],
)
def test_a_wrong_value_is_reported_with_its_path_and_the_rule(base, args, place, text):
    faults = problems(base | args)

    assert text in faults[place]


@pytest.mark.parametrize(
    ("args", "place", "text"),
    [
        ({"role_arn": ROLE, "role_name": "x"}, "role_name", "'role_arn'"),
        ({"role_arn": ROLE, "assumable_role_arns": {"a": ROLE}}, "assumable_role_arns", "'role_arn'"),
        ({"target_role_name": "x"}, "target_role_name", "'create_target_role'"),
        ({"create_target_role": True, "target_role_arn": ROLE}, "target_role_arn", "'create_target_role'"),
        ({"create_namespace": True}, "create_namespace", "'create_service_account'"),
        ({"service_account_labels": {"a": "b"}}, "service_account_labels", "'create_service_account'"),
        ({"bindings": [{"namespace": "a", "service_account": "b"}]}, "namespace", "'bindings'"),
        ({"namespace": None}, "namespace", "'bindings'"),
    ],
)
def test_keys_that_contradict_each_other_are_both_named(base, args, place, text):
    assert text in problems(base | args)[place]


def test_session_tags_must_be_off_with_a_session_policy(base, read):
    faults = problems(base | {"session_policy": read, "disable_session_tags": False})

    assert "'session_policy'" in faults["disable_session_tags"]


def test_every_problem_is_reported_at_once(base):
    faults = problems(
        {"cluster_name": "x:y", "namespace": "*", "service_account": "a..b", "tags": {"x": 1}, "polices": {}}
    )

    assert set(faults) == {"cluster_name", "namespace", "service_account", "tags.x", "polices"}


def test_a_contradiction_is_reported_beside_a_wrong_value(base):
    assert set(problems(base | {"role_name": "a" * 65, "create_namespace": True})) == {"role_name", "create_namespace"}


@pytest.mark.parametrize(("key", "near"), [("service_acount", "service_account"), ("roleArn", "role_arn")])
def test_an_unknown_key_comes_with_the_nearest_one(base, key, near):
    assert f"'{near}'" in problems(base | {key: "x"})[key]


def test_an_unknown_key_of_a_binding_comes_with_the_nearest_one(base):
    args = {"cluster_name": "dev", "bindings": [{"namespace": "a", "service_account": "b", "policy": {}}]}

    assert "'session_policy'" in problems(args)["bindings[0].policy"]


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_all_arns_of_another_partition_or_account_are_reported_at_once_and_no_child_is_created(base, preview):
    caught = []
    args = base | {
        "permissions_boundary_arn": "arn:aws:iam::444455556666:policy/boundary",
        "irsa_provider_arn": "arn:aws:iam::444455556666:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/E",
        "target_role_arn": "arn:aws-cn:iam::444455556666:role/t",
    }

    def program():
        try:
            PodIdentity("api", args)
        except PodIdentityInputError as error:
            caught.append(error)

    recording = record(program, preview=preview)

    assert recording.names() == set()
    rules = {problem.typed_path(): problem.rule for problem in caught[0].problems}
    assert rules.keys() == {"permissions_boundary_arn", "irsa_provider_arn", "target_role_arn"}
    assert 'account "444455556666", but the cluster is in "111122223333"' in rules["permissions_boundary_arn"]
    fixes = {problem.typed_path(): problem.fix for problem in caught[0].problems}
    assert fixes["irsa_provider_arn"] == "Use one of the cluster's account."
    assert 'partition "aws-cn", but the cluster is in "aws"' in rules["target_role_arn"]


def test_a_role_of_another_account_may_be_the_target_role(base):
    error = refused_in_scope(base | {"role_arn": "arn:aws:iam::444455556666:role/x"})

    assert error.problems[0].fix.endswith("To use a role of another account, pass it as 'target_role_arn'.")


def refused_in_scope(args: Any) -> PodIdentityInputError:
    """Return the error of a component after its look-ups. It must create no child."""
    caught: list[PodIdentityInputError] = []

    def program() -> None:
        try:
            PodIdentity("api", args)
        except PodIdentityInputError as error:
            caught.append(error)

    assert record(program).names() == set()
    return caught[0]


@pytest.mark.parametrize("wrap", [str, output_of], ids=["plain", "output"])
@pytest.mark.parametrize("host", ["oidc.eks.us-east-1.amazonaws.com", "oidc-eks.us-east-1.api.aws"])
def test_the_oidc_provider_of_a_cluster_in_another_region_is_refused(base, wrap, host):
    """A ServiceAccount of the same name in that cluster would have the permissions."""
    provider = wrap(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}/id/EXAMPLE")

    with pytest.raises(PodIdentityInputError, match='of a cluster in the region "us-east-1", but the cluster is in'):
        record(lambda: PodIdentity("api", base | {"irsa_provider_arn": provider}))


def test_labels_that_kubernetes_refuses_are_reported_before_anything_is_created(base):
    created = base | {"create_service_account": True}
    texts = problems(
        created
        | {
            "service_account_labels": {
                "team": "Payments (EU)",
                "a b": "x",
                "example.com/team": "payments",
                "empty": "",
            },
            "service_account_annotations": {"example.com/a/b": "x", "Example.com/owner": "Payments (EU)"},
        }
    )

    assert texts.keys() == {
        "service_account_labels.team",
        'service_account_labels["a b"]',
        'service_account_annotations["example.com/a/b"]',
    }
    assert "not a valid value of a label: at most 63 letters" in texts["service_account_labels.team"]
    with pytest.raises(PodIdentityInputError, match="not a valid value of a label"):
        record(lambda: PodIdentity("api", created | {"service_account_labels": output_of({"team": "-"})}))


@pytest.mark.parametrize(
    ("argument", "place"),
    [({"region": "cn-north-1"}, "region"), ({"partition": "aws-us-gov"}, "partition")],
)
def test_a_region_of_another_partition_is_refused_before_anything_is_created(base, argument, place):
    error = refused_in_scope(base | argument)

    assert [problem.typed_path() for problem in error.problems] == [place]
    assert "is in the partition " in error.problems[0].rule


def test_a_missing_cluster_is_required():
    assert "required" in problems({"namespace": "a", "service_account": "b"})["cluster_name"]


def test_what_decides_which_resources_there_are_must_be_known(base):
    faults = problems(lambda: base | {"create_service_account": pulumi.Output.from_input(True)})

    assert "plain value" in faults["create_service_account"]


def test_a_map_whose_keys_name_resources_must_be_known(base):
    assert "plain map" in problems(lambda: base | {"policies": pulumi.Output.from_input({})})["policies"]


def session_policy(length):
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ""}]}
    missing = length - len(json.dumps(document, separators=(",", ":")))
    document["Statement"][0]["Resource"] = "arn:aws:s3:::" + "a" * (missing - 13)
    return document


def test_a_session_policy_of_2049_characters_is_refused(base):
    assert "2,049" in problems(base | {"session_policy": session_policy(2049)})["session_policy"]


def test_a_session_policy_of_2048_characters_passes(base):
    record(lambda: PodIdentity("api", base | {"session_policy": session_policy(2048)}))


def test_a_session_policy_that_narrows_nothing_is_refused(base):
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

    assert "PI204" in problems(base | {"session_policy": everything})["session_policy.Statement[0]"]


def test_an_extra_statement_that_opens_the_role_is_refused(base):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}

    assert "PI103" in problems(base | {"extra_trust_statements": [statement]})["extra_trust_statements[0].Principal"]


def test_a_policy_that_uses_session_tags_is_refused_where_they_are_off(base, read):
    read["Statement"][0]["Resource"] = "arn:aws:s3:::x/${aws:PrincipalTag/kubernetes-namespace}/*"

    faults = problems(base | {"policies": {"x": read}, "disable_session_tags": True})

    assert "PI206" in faults["policies.x.Statement[0].Resource"]


def test_inline_policies_share_one_limit(base):
    policies = {f"p{number}": session_policy(6000) for number in range(2)}

    assert "10,240" in problems(base | {"policies": policies})["policies"]
    record(lambda: PodIdentity("api", base | {"policies": policies, "policy_kind": "managed"}))


def test_a_managed_policy_has_a_limit_of_its_own(base):
    faults = problems(base | {"policies": {"x": session_policy(6145)}, "policy_kind": "managed"})

    assert "6,145" in faults["policies.x"]


def test_the_same_managed_policy_twice_is_refused(base):
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"

    assert '"a"' in problems(base | {"managed_policy_arns": {"a": arn, "b": arn}})["managed_policy_arns.b"]


def test_a_trust_policy_over_its_quota_names_the_ways_out():
    args = {
        "cluster_name": "dev",
        "bindings": [{"namespace": f"tenant-{number}", "service_account": "app"} for number in range(20)],
    }

    sentence = problems(args)["trust_scope"]

    assert "2,048" in sentence
    assert '"cluster"' in sentence
    assert "PodIdentityRole" in sentence


def test_no_policy_text_and_no_secret_appears_in_an_error(base):
    args = base | {
        "session_policy": '{"hunter2": ',
        "policies": {"x": {"Statement": [{"Effect": "hunter2", "Action": "hunter2", "Resource": "hunter2"}]}},
    }

    assert "hunter2" not in "".join(problems(args).values())


def test_a_program_prints_no_traceback():
    assert issubclass(PodIdentityInputError, pulumi.RunError)
    assert issubclass(PodIdentityInputError, pulumi.InputPropertiesError)


def test_the_error_can_be_written_in_camel_case(base):
    with pytest.raises(PodIdentityInputError) as caught:
        PodIdentity("api", base | {"role_arn": ROLE, "role_name": "x", "tags": {"a_b": 1}})

    errors = {error["property_path"]: error["reason"] for error in caught.value.respell().errors or []}

    assert set(errors) == {"roleName", "tags.a_b"}
    assert "'roleArn'" in errors["roleName"]


def test_the_engine_finds_no_value_to_print_where_documents_are(base):
    with pytest.raises(PodIdentityInputError) as caught:
        PodIdentity("api", base | {"session_policy": "{"})

    assert [error["property_path"] for error in caught.value.respell().errors or []] == [
        "session_policy ".replace("_p", "P")
    ]


def test_a_key_of_the_association_is_refused_on_a_role_with_the_reason(base):
    assert "It belongs to PodIdentity" in problems(base | {"session_policy": "{}"}, PodIdentityRole)["session_policy"]


def test_an_agent_with_one_setting_given_twice_names_both():
    args = {"cluster_name": "dev", "tolerate_all": True, "configuration": {"tolerations": []}}

    assert "'tolerate_all'" in problems(args, PodIdentityAgent)["configuration.tolerations"]


def call_result() -> Any:
    return aws.iam.get_policy_document(statements=[{"actions": ["s3:GetObject"], "resources": ["*"]}])


@pytest.mark.parametrize(
    ("make", "place", "text"),
    [
        (lambda read: {"policies": read}, "policies", "Give the document a name"),
        (lambda read: {"create_target_role": True, "target_policies": read}, "target_policies", "Give the document a"),
        (lambda _: {"policies": {"a": call_result()}}, "policies.a", "`.json`"),
        (lambda _: {"session_policy": call_result()}, "session_policy", "`.json`"),
        (lambda _: {"tags": {"Expires": dt.date(2027, 3, 31)}}, "tags.Expires", "date"),
        (lambda _: {"tags": {"Expires": "2027-03-31 00:00:00 +0000 UTC"}}, "tags.Expires", "quotes"),
        (
            lambda _: {"tags": {"2027-03-31 00:00:00 +0000 UTC": "x"}},
            'tags["2027-03-31 00:00:00 +0000 UTC"]',
            "quotes",
        ),
        (
            lambda read: {
                "policies": {
                    "a": {
                        "Statement": [
                            read["Statement"][0]
                            | {"Condition": {"DateGreaterThan": {"aws:CurrentTime": dt.date(2027, 3, 31)}}}
                        ]
                    }
                }
            },
            "policies.a.Statement[0].Condition.DateGreaterThan.aws:CurrentTime",
            "quotes",
        ),
        (lambda _: {"account_id": "١١١١٢٢٢٢٣٣٣٣"}, "account_id", "AWS account"),
        (lambda _: {"region": "eu-west-٣"}, "region", "AWS region"),
        (
            lambda read: {
                "policies": {"a": {"Statement": [read["Statement"][0] | {"Condition": {"StringEquals": {"x": None}}}]}}
            },
            "policies.a.Statement[0].Condition.StringEquals",
            "condition",
        ),
        (lambda _: {"role_arn": ROLE, "target_role_arn": ROLE}, "target_role_arn", "PI308"),
        (
            lambda read: {"policies": {"A": read, "a": read}, "policy_kind": "managed"},
            "policies.a",
            "ignores case",
        ),
    ],
)
def test_a_value_that_people_confuse_comes_with_the_right_one(base, read, make, place, text):
    faults = problems(lambda: base | make(read))

    assert set(faults) == {place}
    assert text in faults[place]


@pytest.mark.parametrize(
    "args",
    [
        {"create_namespace": False},
        {"target_policies": {}, "target_managed_policy_arns": {}},
        {"service_account_labels": {}},
        {"role_arn": ROLE, "policy_kind": "inline", "policies": {}, "exclusive_policies": False},
        {"role_arn": ROLE, "extra_trust_statements": [], "managed_policy_arns": {}},
    ],
)
def test_an_empty_map_or_a_value_equal_to_the_default_is_never_without_effect(base, args):
    assert PodIdentity.validate(base | args) == ()


@pytest.mark.parametrize("name", ["a\ud800", "\udfff"])
def test_a_lone_surrogate_in_a_name_is_refused(base, name):
    with pytest.raises(PodIdentityInputError, match="name: "):
        PodIdentity(name, base)
