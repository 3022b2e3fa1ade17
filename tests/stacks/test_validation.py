"""All problems of a stack's file are reported at once, each with the path of its key."""

import copy
import functools
import operator
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from eks_pod_identity.errors import camel_case
from environment import Environment
from pulumi_eks_pod_identity import PodIdentityArgs
from stack_file import read
from validation import StackProblem, load, scalars_below, validate

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))


def minimal(**identity: Any) -> dict[str, Any]:
    return {
        "cluster": {"name": "dev", "accountId": "111122223333"},
        "identities": {"api": {"namespace": "payments", "serviceAccount": "api", **identity}},
    }


def problems(content: Any, scalars: Any = None) -> list[str]:
    faults: list[StackProblem] = []
    validate(content, scalars or {}, faults)
    return [str(problem) for problem in faults]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_committed_environments_have_no_problem(file: Path):
    environment = yaml.safe_load(file.read_text())["config"]["eks-pod-identity:environment"]

    assert problems(environment, scalars_below(read(file))) == []


def test_the_smallest_environment_passes():
    assert problems(minimal()) == []


def test_names_of_one_letter_pass():
    assert problems({"cluster": {"name": "c"}, "identities": {"a": {"namespace": "n", "serviceAccount": "s"}}}) == []


def test_a_mistyped_key_of_an_identity_is_reported_with_its_path_and_the_nearest_key():
    assert problems(minimal(sessionPolcy={})) == [
        "- identities.api.sessionPolcy: Unknown argument. Did you mean 'sessionPolicy'?"
    ]


def test_a_mistyped_key_of_the_cluster_is_reported_with_its_path():
    environment = minimal()
    environment["cluster"]["nmae"] = "dev"

    assert problems(environment) == ["- cluster.nmae: Unknown key. Did you mean name?"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"clusters": {"name": "dev"}}, "- clusters: Unknown key. Did you mean cluster?"),
        ({"cluster": {"name": "dev"}, "identity": {}}, "- identity: Unknown key. Did you mean identities?"),
        ({"cluster": {"Name": "dev"}}, "- cluster.Name: Unknown key. Did you mean name?"),
        (
            {"cluster": {"name": "dev", "account_id": "1"}},
            "- cluster.account_id: Unknown key. Did you mean accountId?",
        ),
        (
            {"cluster": {"name": "dev", "vpc": "x"}},
            "- cluster.vpc: Unknown key. The keys are name, agent, accountId, partition, region.",
        ),
        (
            {"cluster": {"name": "dev"}, "accounts": {"data": {"id": "444455556666", "profil": "x"}}},
            "- accounts.data.profil: Unknown key. Did you mean profile?",
        ),
    ],
)
def test_a_mistyped_key_names_the_nearest_and_is_not_missing_as_well(change: dict[str, Any], line: str):
    assert problems(change) == [line]


@pytest.mark.parametrize(
    ("key", "meant"),
    [("targetAcount", "targetAccount"), ("targetProvider", "targetAccount"), ("formername", "formerName")],
)
def test_a_mistyped_key_of_an_identity_that_is_no_argument_names_the_nearest(key: str, meant: str):
    assert problems(minimal(**{key: "data"})) == [f"- identities.api.{key}: Unknown key. Did you mean {meant}?"]


def test_identities_are_checked_although_something_else_is_wrong():
    identity = {"namespace": "Payments", "serviceAcount": "api", "targetAccount": "dat", "createTargetRole": True}
    environment = {
        "cluster": {"nmae": "dev"},
        "accounts": {"data": {"id": "4444"}},
        "identities": {"api": identity, "broken": None, "other": {"namespace": "a", "serviceAccount": "b"}},
    }

    assert sorted(line.split(" ")[1] for line in problems(environment)) == [
        "accounts.data.id:",
        "cluster.nmae:",
        "identities.api.namespace:",
        "identities.api.serviceAcount:",
        "identities.api.targetAccount:",
        "identities.broken:",
    ]


def test_no_argument_of_the_component_passes_for_a_misspelling():
    keys = [camel_case(key) for key in PodIdentityArgs.__annotations__]
    lines = problems(minimal(**dict.fromkeys(keys, object())))

    assert [line for line in lines if "Unknown" in line] == []


def test_a_key_with_underscores_comes_with_the_spelling_of_the_file():
    assert problems(minimal(session_policy={})) == [
        "- identities.api.session_policy: Keys of this file are in camelCase. Write sessionPolicy."
    ]


def test_a_required_key_with_underscores_is_not_reported_as_missing_too():
    environment = {"cluster": {"name": "dev"}, "identities": {"api": {"namespace": "a", "service_account": "b"}}}

    assert problems(environment) == [
        "- identities.api.service_account: Keys of this file are in camelCase. Write serviceAccount."
    ]


def test_an_account_id_read_as_a_number_is_reported_as_written_in_the_file(tmp_path: Path):
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(
        "config:\n  eks-pod-identity:environment:\n    cluster: {name: dev}\n"
        "    accounts:\n      data: {id: 012345678901}\n"
    )

    faults = problems(
        {"cluster": {"name": "dev"}, "accounts": {"data": {"id": 12345678901}}}, scalars_below(read(file))
    )

    assert faults == [
        (
            "- accounts.data.id: Expected text. Put the value in quotes. "
            "(line 5: 012345678901 has no quotes and is read as a number.)"
        )
    ]


@pytest.mark.parametrize("name", ["pay*", "a..b", "-a", "Payments", "a" * 64, "", "a b"])
def test_a_namespace_that_kubernetes_does_not_take_is_refused(name: str):
    [line] = problems(minimal(namespace=name))

    assert line.startswith("- identities.api.namespace: ")


@pytest.mark.parametrize("name", ["*", "a..b", "a.", "A", "a" * 254])
def test_a_service_account_name_that_kubernetes_does_not_take_is_refused(name: str):
    [line] = problems(minimal(serviceAccount=name))

    assert line.startswith("- identities.api.serviceAccount: ")


def test_a_wildcard_is_refused_with_the_reason():
    [line] = problems(minimal(namespace="team-*"))

    assert "EKS matches the exact name" in line
    assert "'bindings'" in line


def test_all_problems_of_all_identities_are_reported_at_once():
    environment = {
        "cluster": {"name": "dev"},
        "identities": {
            "a": {"namespace": "A", "serviceAccount": "a"},
            "b": {"namespace": "b", "serviceAccount": "b", "roleName": "x" * 65},
            "c": {"serviceAccount": "c"},
        },
    }

    paths = [line.split(": ")[0] for line in problems(environment)]

    assert paths == ["- identities.a.namespace", "- identities.b.roleName", "- identities.c.namespace"]


def test_a_session_policy_of_2048_characters_passes_and_one_of_2049_does_not():
    def policy(length: int) -> dict[str, Any]:
        text = (
            '{"Version":"2012-10-17","Statement":'
            '[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::"}]}'
        )
        resource = "arn:aws:s3:::" + "x" * (length - len(text))
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
        return {"Version": "2012-10-17", "Statement": [statement]}

    assert problems(minimal(sessionPolicy=policy(2048))) == []
    [line] = problems(minimal(sessionPolicy=policy(2049)))
    assert line.startswith("- identities.api.sessionPolicy: ")
    assert "2,048" in line


def test_the_text_of_a_policy_is_never_part_of_an_error():
    secret = "arn:aws:s3:::very-secret-bucket-name"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": secret, "Principal": "*"}

    lines = problems(minimal(policies={"p": {"Version": "2012-10-17", "Statement": [statement]}}))

    assert lines
    assert not any("secret" in line for line in lines)


def test_tags_over_the_limits_are_refused():
    lines = problems(minimal(tags={f"key-{number}": "v" for number in range(51)}))
    [key] = problems(minimal(tags={"k" * 129: "v"}))
    [value] = problems(minimal(tags={"k": "v" * 257}))
    [reserved] = problems(minimal(tags={"aws:owner": "v"}))

    assert [line.split(":")[0] for line in lines] == ["- identities.api.tags"]
    assert "128" in key
    assert "256" in value
    assert "reserved" in reserved


def test_a_setting_of_the_environment_is_refused_in_an_identity():
    assert problems(minimal(clusterName="other")) == [
        "- identities.api.clusterName: This is set once for the environment. Set it under cluster."
    ]


def test_an_unlisted_target_account_is_reported_with_the_listed_ones():
    environment = minimal(createTargetRole=True, targetAccount="dta")
    environment["accounts"] = {"data": {"id": "444455556666"}}

    assert problems(environment) == ["- identities.api.targetAccount: No account has this name. Accounts: data."]


def test_a_target_account_without_a_target_role_to_create_is_refused():
    environment = minimal(targetAccount="data")
    environment["accounts"] = {"data": {"id": "444455556666"}}

    [line] = problems(environment)
    assert line.startswith("- identities.api.targetAccount: Only a target role that this stack creates")


def test_two_identities_cannot_have_one_service_account():
    environment = minimal()
    environment["identities"]["twin"] = dict(environment["identities"]["api"])

    assert problems(environment) == [
        (
            "- identities.twin: payments/api already belongs to api. EKS allows one association per ServiceAccount. "
            "Remove it from one of the two."
        )
    ]


def test_two_identities_cannot_both_create_a_namespace():
    environment = minimal(createServiceAccount=True, createNamespace=True)
    environment["identities"]["other"] = {**environment["identities"]["api"], "serviceAccount": "other"}

    [problem] = problems(environment)

    assert problem.startswith("- identities.other.createNamespace: The namespace payments is already created by api. ")
    assert problem.endswith("Remove createNamespace here.")


def test_the_former_name_of_an_identity_is_not_that_of_another():
    environment = minimal(formerName="other")
    environment["identities"]["other"] = {"namespace": "n", "serviceAccount": "s"}

    assert problems(environment) == [
        "- identities.api.formerName: The identity other still exists. Remove it, or remove formerName."
    ]


def test_an_identity_without_a_name_is_refused():
    environment = minimal()
    environment["identities"][""] = {"namespace": "n", "serviceAccount": "s"}

    assert problems(environment) == ["- identities: A name is empty. Give it at least one character."]


def test_a_target_role_and_the_role_of_another_identity_cannot_be_the_same_resource():
    environment = minimal(createTargetRole=True)
    environment["identities"]["api-target"] = {"namespace": "n", "serviceAccount": "s"}

    [line] = problems(environment)
    assert line.startswith("- identities.api-target: The role of this identity and the target role of api would both")


@pytest.mark.parametrize(
    "content", [None, [], "dev", 7, {"cluster": None}, {"cluster": {"name": "c"}, "identities": []}]
)
def test_another_shape_is_a_problem_and_never_an_exception(content: Any):
    assert problems(content)


def test_an_identitys_own_tags_win_over_the_environments():
    environment = minimal(tags={"Owner": "api"})
    environment["tags"] = {"Owner": "platform", "Environment": "dev"}

    arguments = Environment.model_validate(environment).arguments("api")

    assert arguments["tags"] == {"Owner": "api", "Environment": "dev"}


@pytest.mark.parametrize("key", ["identities", "accounts", "tags"])
def test_a_key_without_a_value_is_absent(key: str):
    assert problems({"cluster": {"name": "dev", "agent": None, "region": None}, key: None}) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"cluster": "dev"}, "- cluster: Expected a map such as {name: dev}."),
        ({"identities": [{"name": "api"}]}, "- identities: Expected a map from names of your choice to identities."),
        (
            {"identities": {"api": None}},
            "- identities.api: Expected a map such as {namespace: payments, serviceAccount: api}.",
        ),
        (
            {"accounts": {"data": "444455556666"}},
            '- accounts.data: Expected a map such as {id: "444455556666", profile: data}.',
        ),
        ({"tags": ["Owner"]}, "- tags: Expected a map from tag keys to values."),
        (
            {"cluster": {"name": "dev", "agent": "yes"}},
            "- cluster.agent: This is not an allowed value. Use 'existing', 'managed' or 'auto_mode'.",
        ),
        (
            {"accounts": {"data": {"id": "444455556666", "region": "Ireland"}}},
            '- accounts.data.region: "Ireland" is not a valid AWS region. Write it like "eu-west-1".',
        ),
        (
            {"accounts": {"data": {"id": "444455556666", "assumeRoleArn": "deployer"}}},
            (
                '- accounts.data.assumeRoleArn: "deployer" is not the ARN of an IAM role. '
                "Write it like arn:aws:iam::111122223333:role/name."
            ),
        ),
    ],
)
def test_a_wrong_type_or_value_is_reported_in_plain_words(change: dict[str, Any], line: str):
    assert problems(minimal() | change) == [line]


def test_a_problem_of_all_identities_is_reported_once_where_it_is_written():
    environment: dict[str, Any] = minimal() | {"tags": {"aws:owner": "x"}}
    environment["identities"]["other"] = {"namespace": "a", "serviceAccount": "b", "tags": {"aws:team": "y"}}
    region = minimal()
    region["cluster"]["region"] = "Ireland"
    region["identities"]["other"] = {"namespace": "a", "serviceAccount": "b"}

    assert [line.split(" ")[1] for line in problems(environment)] == [
        "tags.aws:owner:",
        "identities.other.tags.aws:team:",
    ]
    assert [line.split(" ")[1] for line in problems(region)] == ["cluster.region:"]


def test_a_binding_is_reported_as_the_file_spells_it(tmp_path: Path):
    file = tmp_path / "Pulumi.dev.yaml"
    identity = "{api: {bindings: [{namespace: a, serviceAccount: 010}]}}"
    file.write_text(
        f"config:\n  eks-pod-identity:environment:\n    cluster: {{name: dev}}\n    identities: {identity}\n"
    )
    environment = yaml.safe_load(file.read_text())["config"]["eks-pod-identity:environment"]

    [line] = problems(environment, scalars_below(read(file)))

    assert line.startswith("- identities.api.bindings[0].serviceAccount: Expected a string")
    assert "(line 4: 010 has no quotes" in line


def test_identities_without_a_service_account_do_not_have_the_same():
    environment = {"cluster": {"name": "dev"}, "identities": {"one": {"namespace": "a"}, "two": {"namespace": "a"}}}

    assert not any("belongs to" in line for line in problems(environment))


def test_a_binding_that_names_the_environments_cluster_has_the_same_service_account():
    environment = minimal()
    binding = {"namespace": "payments", "serviceAccount": "api", "clusterName": "dev"}
    environment["identities"]["other"] = {"bindings": [binding]}

    assert problems(environment) == [
        (
            "- identities.other: payments/api already belongs to api. EKS allows one association per ServiceAccount. "
            "Remove it from one of the two."
        )
    ]


def test_a_date_without_quotes_is_one_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "Pulumi.dev.yaml"
    policy = '{Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}'
    file.write_text(
        "config:\n  eks-pod-identity:environment:\n    cluster: {name: dev}\n"
        f"    identities: {{api: {{namespace: a, serviceAccount: b, policies: {{read: {policy}}}}}}}\n"
    )
    environment = yaml.safe_load(file.read_text().replace("2012-10-17", '"2012-10-17 00:00:00 +0000 UTC"'))
    config = pulumi.Config("eks-pod-identity")
    monkeypatch.setattr(config, "require_object", lambda _: environment["config"]["eks-pod-identity:environment"])

    with pytest.raises(pulumi.RunError) as caught:
        load(config, file)

    [line] = str(caught.value).splitlines()[1:]
    assert line.endswith('Version: 2012-10-17 has no quotes and is read as a date. Write "2012-10-17".')


ODD_VALUES = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "*",
    "\x00",
    "\ud800",
    [],
    {},
    [None],
    {"": ""},
    {"a": None},
    "{}",
    "[]",
]
ODD_VALUES += [
    float("inf"),
    10**20,
    "2" * 300,
    {"Statement": {"Effect": "Allow"}},
    "auto_mode",
    "arn:aws:iam::1:role/x",
]
ODD_KEYS = [
    "bindings",
    "roleArn",
    "trustScope",
    "extraTrustStatements",
    "policyKind",
    "agent",
    "role_name",
    "",
    "proof",
]
ODD_KEYS += ["managedPolicyArns", "targetPolicies", "assumableRoleArns", "propagationSeconds", "irsaProviderArn"]


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield every path in *value* below its top."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from paths_in(item, (*path, key))


def test_any_values_are_problems_and_never_exceptions():
    """Eight hundred environments with a few odd values in odd places; the seed is fixed."""
    chance = random.Random(4711)
    committed = yaml.safe_load(FILES[0].read_text())["config"]["eks-pod-identity:environment"]
    refused = 0
    for _ in range(800):
        environment = copy.deepcopy(committed)
        identity = chance.choice(list(environment["identities"].values()))
        if chance.random() < 0.5:
            identity[chance.choice(ODD_KEYS)] = copy.deepcopy(chance.choice(ODD_VALUES))
        else:
            *parents, last = chance.choice(list(paths_in(environment)))
            functools.reduce(operator.getitem, parents, environment)[last] = copy.deepcopy(chance.choice(ODD_VALUES))
        lines = problems(environment)
        assert all(line.startswith("- ") and "\n" not in line for line in lines)
        refused += bool(lines)
    assert 400 < refused < 800
