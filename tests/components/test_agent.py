"""The agent: one per cluster, with the options of the add-on."""

import json

import pulumi
import pulumi_aws as aws
import pytest

from pulumi_eks_pod_identity import AgentMode, PodIdentity, PodIdentityAgent, PodIdentityInputError
from recording import output_of, record, record_error


def record_agent(args):
    return record(lambda: PodIdentityAgent("dev", {"cluster_name": "dev"} | args))


def test_it_creates_the_add_on():
    recording = record_agent({})

    assert recording.names() == {"dev-agent"}
    assert recording.resource("dev-agent").inputs == {"addonName": "eks-pod-identity-agent", "clusterName": "dev"}


@pytest.mark.parametrize("mode", [AgentMode.EXISTING, AgentMode.AUTO_MODE])
def test_an_agent_that_exists_is_not_created(mode):
    recording = record_agent({"mode": mode})

    assert recording.names() == set()
    assert recording.outputs["dev"]["clusterName"] == "dev"


@pytest.mark.parametrize("form", [lambda value: value, output_of], ids=["known", "an Output"])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("addon_version", "v1.3.10-eksbuild.2"),
        ("configuration", {"podLabels": {"team": "platform"}}),
        ("resources", {"requests": {"cpu": "10m"}}),
    ],
)
def test_an_add_on_that_is_not_installed_takes_no_settings(key, value, form):
    with pytest.raises(PodIdentityInputError) as caught:
        record_agent({"mode": AgentMode.AUTO_MODE, key: form(value)})

    assert str(caught.value).endswith(
        f"- {key}: No add-on is installed with 'mode' \"auto_mode\", so this has no effect. "
        "Set 'mode' to \"managed\", or remove this argument."
    )


def test_every_setting_of_an_add_on_that_is_not_installed_is_named():
    settings = {"tolerate_all": True, "disable_ipv6": True, "resolve_conflicts": "OVERWRITE", "preserve": True}

    problems = PodIdentityAgent.validate({"cluster_name": "dev", "mode": "existing"} | settings)

    assert {problem.typed_path() for problem in problems} == set(settings)


def test_defaults_and_tags_pass_whoever_runs_the_agent():
    args = {
        "addon_version": None,
        "configuration": {},
        "tolerate_all": False,
        "disable_ipv6": False,
        "resources": output_of({}),
        "resolve_conflicts": "NONE",
        "preserve": False,
        "tags": {"Team": "platform"},
    }

    assert record_agent({"mode": "existing"} | args).names() == set()


def test_options_become_the_configuration_of_the_add_on():
    args = {
        "tolerate_all": True,
        "disable_ipv6": True,
        "resources": {"requests": {"cpu": "10m"}},
        "configuration": {"podLabels": {"team": "platform"}},
    }

    configuration = json.loads(record_agent(args).resource("dev-agent").inputs["configurationValues"])

    assert configuration == {
        "agent": {"additionalArgs": {"-b": "169.254.170.23"}},
        "podLabels": {"team": "platform"},
        "resources": {"requests": {"cpu": "10m"}},
        "tolerations": [{"operator": "Exists"}],
    }


def test_resources_conflict_with_the_configuration_only_if_there_are_any():
    args = {"configuration": {"resources": {"limits": {"cpu": "1"}}}}

    assert record_agent(args | {"resources": output_of({})}).names() == {"dev-agent"}
    with pytest.raises(PodIdentityInputError, match=r"- configuration\.resources: 'resources' also sets this key"):
        record_agent(args | {"resources": output_of({"limits": {"cpu": "2"}})})


def test_version_conflicts_and_preserve_are_passed_on():
    args = {"addon_version": "v1.3.10-eksbuild.2", "resolve_conflicts": "PRESERVE", "preserve": True}

    inputs = record_agent(args).resource("dev-agent").inputs

    assert inputs["addonVersion"] == "v1.3.10-eksbuild.2"
    assert inputs["resolveConflictsOnCreate"] == "NONE"
    assert inputs["resolveConflictsOnUpdate"] == "PRESERVE"
    assert inputs["preserve"] is True


@pytest.mark.parametrize(
    "version", ["1.3", "1.3.10-eksbuild.2", "v1.3", "v1.3.10", "v1.3.x-eksbuild.1", "latest", "default", ""]
)
def test_what_cannot_be_a_version_of_the_add_on_is_refused(version):
    plain = record_error(lambda: PodIdentityAgent("dev", {"cluster_name": "dev", "addon_version": version}))
    with pytest.raises(PodIdentityInputError) as late:
        record_agent({"addon_version": output_of(version)})

    assert [problem.typed_path() for problem in plain.problems] == ["addon_version"]
    assert plain.problems == late.value.problems


def test_an_error_about_a_version_says_what_one_looks_like_and_how_to_get_the_default():
    with pytest.raises(PodIdentityInputError) as caught:
        record_agent({"addon_version": "latest"})

    assert str(caught.value).endswith(
        '- addon_version: "latest" is not a version of an EKS add-on. Use one that `aws eks describe-addon-versions '
        '--addon-name eks-pod-identity-agent` prints, such as "v1.3.10-eksbuild.2", or remove the argument: EKS then '
        "installs its default version."
    )


def test_a_number_is_no_version():
    with pytest.raises(PodIdentityInputError, match=r"- addon_version: Expected a string .*, got a number\."):
        record_agent({"addon_version": 1.3})


def identity(name, cluster="dev"):
    return PodIdentity(
        name, {"cluster_name": cluster, "namespace": name, "service_account": "api", "agent": AgentMode.MANAGED}
    )


def test_the_association_waits_for_a_managed_agent():
    recording = record(lambda: identity("api"))

    assert "api-agent" in recording.dependencies_of("api-association")


def test_two_agents_for_one_cluster_are_an_error_naming_both():
    def program():
        PodIdentityAgent("dev", {"cluster_name": "dev"})
        identity("api")

    with pytest.raises(PodIdentityInputError, match=r'PodIdentity "api".*\n.*PodIdentityAgent "dev"'):
        record(program)


def test_two_clusters_have_an_agent_each():
    def program():
        identity("one", "blue")
        identity("two", "green")

    assert {item.name for item in record(program).of("Addon")} == {"one-agent", "two-agent"}


def test_clusters_of_one_name_with_providers_of_their_own_have_an_agent_each():
    def program():
        for region in ("eu-west-1", "eu-north-1"):
            provider = aws.Provider(region, region=region)
            PodIdentityAgent(f"agent-{region}", {"cluster_name": "dev"}, opts_of(provider))

    assert len(record(program).of("Addon")) == 2


def opts_of(provider):
    return pulumi.ResourceOptions(provider=provider)


def test_another_run_of_the_same_program_is_not_a_second_agent():
    record(lambda: identity("api"))

    assert record(lambda: identity("api")).of("Addon")
