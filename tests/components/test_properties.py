"""Properties of every PodIdentity, checked with arguments that Hypothesis generates."""

import json
import string
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_eks_pod_identity import PodIdentity, PodIdentityAgent, PodIdentityRole
from pulumi_eks_pod_identity._validation.pod_identity import ROLE_KEYS
from recording import record, record_error

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
KEY = st.text(alphabet=string.ascii_letters + string.digits + "+=,.@_-", min_size=1, max_size=20)
STATEMENT = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.sampled_from(["s3:GetObject", ["s3:GetObject", "s3:ListBucket"], "sqs:SendMessage"]),
        "Resource": st.sampled_from(["arn:aws:s3:::a/*", ["arn:aws:s3:::a", "arn:aws:s3:::b"]]),
    }
)
DOCUMENT = st.fixed_dictionaries(
    {"Version": st.just("2012-10-17"), "Statement": st.lists(STATEMENT, min_size=1, max_size=3)}
)
POLICIES = st.dictionaries(KEY.filter(lambda key: key != "assume-target"), DOCUMENT, max_size=3)
NARROW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
TAG_KEY = st.from_regex(r"[A-Z][a-z]{0,9}", fullmatch=True)
PAIRS = st.lists(st.tuples(LABEL, LABEL), min_size=1, max_size=4, unique=True)
MODEST = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def arguments(draw: st.DrawFn) -> dict[str, Any]:
    """Draw arguments that are valid."""
    args: dict[str, Any] = {"cluster_name": draw(LABEL)}
    if draw(st.booleans()):
        args |= {"namespace": draw(LABEL), "service_account": draw(LABEL)}
    else:
        args["bindings"] = [
            {"namespace": namespace, "service_account": account}
            | ({"session_policy": NARROW} if draw(st.booleans()) else {})
            for namespace, account in draw(PAIRS)
        ]
        args["trust_scope"] = "cluster"
    optional = {
        "policies": POLICIES,
        "managed_policy_arns": st.just({"audit": "arn:aws:iam::aws:policy/SecurityAudit"}),
        "policy_kind": st.sampled_from(["inline", "managed"]),
        "session_policy": st.just(NARROW),
        "disable_session_tags": st.just(True),
        "target_role_arn": st.just("arn:aws:iam::444455556666:role/t"),
        "create_target_role": st.just(True),
        "target_policies": POLICIES,
        "irsa_provider_arn": st.just("arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/E"),
        "permissions_boundary_arn": st.just("arn:aws:iam::aws:policy/PowerUserAccess"),
        "role_arn": st.just("arn:aws:iam::111122223333:role/theirs"),
        "agent": st.sampled_from(["existing", "managed", "auto_mode"]),
        "create_service_account": st.booleans(),
        "propagation_seconds": st.sampled_from([0, 15, 600]),
        "tags": st.dictionaries(TAG_KEY, st.text(alphabet=string.ascii_letters, max_size=9), max_size=3),
        "role_path": st.sampled_from(["/", "/a/", "/a/b/"]),
        "max_session_duration_seconds": st.sampled_from([3600, 43200, 7200.0]),
    }
    for key in draw(st.sets(st.sampled_from(sorted(optional)))):
        args[key] = draw(optional[key])
    if "create_target_role" in args:
        args.pop("target_role_arn", None)
    else:
        args.pop("target_policies", None)
    if "role_arn" in args:
        for key in ROLE_KEYS:
            args.pop(key, None)
    tags = args.get("tags", {})
    if len({key.lower() for key in tags}) != len(tags):
        del args["tags"]
    return args


def expected_names(args: dict[str, Any]) -> set[str]:
    """Return the names that the contract gives to the children."""
    own = "role_arn" not in args
    names = {"x-role"} if own else set()
    names |= {f"x-policy-{key}" for key in args.get("policies", {})}
    if args.get("policy_kind") == "managed":
        names |= {f"x-policy-{key}-attachment" for key in args.get("policies", {})}
    names |= {f"x-attachment-{key}" for key in args.get("managed_policy_arns", {})}
    names |= {"x-assume-target"} if own and ("target_role_arn" in args or "create_target_role" in args) else set()
    names |= {"x-target-role"} if "create_target_role" in args else set()
    names |= {f"x-target-policy-{key}" for key in args.get("target_policies", {})}
    names |= {"x-agent"} if args.get("agent") == "managed" else set()
    pairs = [f"{item['namespace']}.{item['service_account']}" for item in args.get("bindings", [])]
    names |= {f"x-association-{pair}" for pair in pairs} or {"x-association"}
    if args.get("create_service_account"):
        names |= {f"x-service-account-{pair}" for pair in pairs} or {"x-service-account"}
    return names


def register(supplied: Any, *, preview: bool = False) -> Any:
    """Register a PodIdentity called x and return inputs by name."""

    def program() -> None:
        args: Any = supplied() if callable(supplied) else supplied
        PodIdentity("x", args)

    recording = record(program, preview=preview)
    return recording, {name: recording.resource(name).inputs for name in recording.names()}


@MODEST
@given(arguments())
def test_valid_arguments_register_exactly_the_expected_children(args):
    recording, inputs = register(args)

    assert set(inputs) == expected_names(args)
    assert {recording.resource(name).parent for name in inputs} == {"x"}


@MODEST
@given(arguments())
def test_every_child_uses_the_provider_of_its_account_and_type(args):
    def program():
        mine, theirs = aws.Provider("mine"), aws.Provider("target-account")
        cluster = kubernetes.Provider("cluster")
        target = {"target_provider": theirs} if "create_target_role" in args else {}
        opts = pulumi.ResourceOptions(providers=[mine, cluster])
        checked: Any = args
        PodIdentity("x", checked, opts, **target)

    recording = record(program)

    for name in recording.names():
        child = recording.resource(name)
        expected = "mine"
        if child.type.startswith("kubernetes:"):
            expected = "cluster"
        elif name.startswith("x-target-"):
            expected = "target-account"
        assert f"::{expected}::" in child.provider, name
        assert child.parent == "x"


SOME = ("cluster_name", "namespace", "service_account", "bindings", "trust_scope", "policies", "policy_kind", "tags")


@MODEST
@given(arguments())
def test_the_role_alone_is_the_one_that_an_identity_has(args):
    alone: Any = {key: args[key] for key in SOME if key in args}

    whole, role = record(lambda: PodIdentity("x", alone)), record(lambda: PodIdentityRole("x", alone))

    assert role.names() == {name for name in whole.names() if "association" not in name}
    assert {name: role.resource(name).inputs for name in role.names()} == {
        name: whole.resource(name).inputs for name in role.names()
    }


@MODEST
@given(
    st.fixed_dictionaries(
        {"cluster_name": LABEL},
        optional={
            "mode": st.sampled_from(["managed", "existing", "auto_mode"]),
            "tolerate_all": st.booleans(),
            "disable_ipv6": st.booleans(),
            "addon_version": st.just("v1.3.10-eksbuild.2"),
            "resolve_conflicts": st.sampled_from(["NONE", "OVERWRITE", "PRESERVE"]),
            "preserve": st.booleans(),
            "configuration": st.dictionaries(TAG_KEY, st.integers(0, 9) | st.text(max_size=5), max_size=2),
        },
    )
)
def test_an_agent_is_one_add_on_with_configuration_that_is_json_or_takes_no_settings(args):
    if args.get("mode", "managed") != "managed":
        defaults = {"tolerate_all": False, "disable_ipv6": False, "resolve_conflicts": "NONE", "preserve": False}
        settings = {key for key in args.keys() - {"cluster_name", "mode"} if args[key] not in ({}, defaults.get(key))}
        assert {problem.typed_path() for problem in PodIdentityAgent.validate(args)} == settings
        return

    recording = record(lambda: PodIdentityAgent("x", args))

    assert recording.names() == {"x-agent"}
    text = recording.resource("x-agent").inputs.get("configurationValues")
    assert (json.loads(text) if text else {}).keys() >= args.get("configuration", {}).keys()


@MODEST
@given(arguments(), st.randoms())
def test_the_order_of_keys_is_irrelevant(args, random):
    def shuffle(value):
        if isinstance(value, dict):
            items = [(key, shuffle(item)) for key, item in value.items()]
            random.shuffle(items)
            return dict(items)
        return [shuffle(item) for item in value] if isinstance(value, list) else value

    assert register(args)[1] == register(shuffle(args))[1]


@MODEST
@given(arguments())
def test_the_order_of_bindings_is_irrelevant(args):
    turned = args | ({"bindings": args["bindings"][::-1]} if "bindings" in args else {})

    assert register(args)[1] == register(turned)[1]


@MODEST
@given(arguments())
def test_the_same_arguments_as_outputs_register_the_same(args):
    plain = {"agent", "policy_kind", "trust_scope", "bindings", "create_service_account", "propagation_seconds"}
    plain |= {"create_target_role", "disable_session_tags"}

    def with_outputs():
        return {
            key: value
            if key in plain
            else {inner: pulumi.Output.from_input(item) for inner, item in value.items()}
            if key in {"policies", "target_policies", "managed_policy_arns", "tags"}
            else pulumi.Output.from_input(value)
            for key, value in args.items()
        }

    assert register(args)[1] == register(with_outputs)[1]


@MODEST
@given(arguments())
def test_everything_that_aws_does_not_generate_is_known_at_preview(args):
    _, inputs = register(args, preview=True)

    for name, values in inputs.items():
        unknown = {key for key, value in values.items() if isinstance(value, pulumi.output.Unknown)}
        # AWS creates the ARN of a managed policy, so no document contains it.
        assert unknown <= ({"policyArn"} if name.endswith("-attachment") else set()), name


BAD = st.one_of(
    st.fixed_dictionaries({"cluster_name": st.text(alphabet="/:*. ", min_size=1)}),
    st.fixed_dictionaries({"namespace": st.text(alphabet="ABC._*/ ", min_size=1)}),
    st.fixed_dictionaries({"service_account": st.text(alphabet="ABC_*/ ", min_size=1)}),
    st.fixed_dictionaries({"role_name": st.text(alphabet="/:* ", min_size=1)}),
    st.fixed_dictionaries({"tags": st.dictionaries(TAG_KEY, st.integers(), min_size=1)}),
    st.fixed_dictionaries({"policies": st.dictionaries(KEY, st.one_of(st.text(), st.integers()), min_size=1)}),
    st.fixed_dictionaries({"session_policy": st.one_of(st.text(), st.lists(st.integers()))}),
    st.fixed_dictionaries({"propagation_seconds": st.integers(max_value=-1)}),
    st.dictionaries(st.from_regex(r"zz_[a-z]{1,9}", fullmatch=True), st.integers(), min_size=1),
)


@MODEST
@given(BAD)
def test_wrong_arguments_raise_before_anything_is_registered(bad):
    args: Any = {"cluster_name": "dev", "namespace": "payments", "service_account": "api"} | bad

    assert record_error(lambda: PodIdentity("x", args)).problems


@MODEST
@given(st.text(alphabet=string.ascii_letters, min_size=12, max_size=40))
def test_no_text_of_a_policy_appears_in_an_error(secret):
    args: Any = {
        "cluster_name": "dev",
        "namespace": "payments",
        "service_account": "api",
        "session_policy": json.dumps({"Statement": [{"Effect": secret, "Action": secret, "Resource": secret}]}),
        "policies": {"x": f'{{"{secret}'},
    }
    error = record_error(lambda: PodIdentity("x", args))

    assert secret not in str(error) + repr(error.respell().errors)
