"""The policy pack under the real engine."""

import datetime as dt
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.rules.catalogue import RULES
from engine_project import Project, copy_repository
from sandbox.pulumi_cli import Pulumi
from sandbox.running import Sandbox
from test_wheel import pack, wheel  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "policies"
BAD_STACK = (Path(__file__).parent / "policies" / "bad_stack.py").read_text()
REQUIRED = {"Owner": [], "Environment": ["dev", "staging", "prod"]}


@dataclass(frozen=True)
class Violation:
    """One line of the engine's policy report."""

    level: str
    policy: str
    resource: str
    message: str

    def __str__(self) -> str:
        return f"{self.level} {self.policy} {self.resource}\n    {self.message}"


def with_pack(project: Project, config: dict[str, Any] | None = None) -> list[str]:
    """Return the arguments that run a command under the pack."""
    file = project.folder.parent / "policy-config.json"
    file.write_text(json.dumps(config or {}))
    return ["--policy-pack", str(PACK), "--policy-pack-config", str(file)]


def violations(project: Project) -> list[Violation]:
    """Return the report of the engine in its last run, with fixed accounts in place of this test's."""
    text = (project.folder.parent / "events.json").read_text()
    text = text.replace(project.account, "111122223333").replace(project.target_account, "444455556666")
    events = [json.loads(line)["policyEvent"] for line in text.splitlines() if "policyEvent" in json.loads(line)]
    reported = [
        Violation(
            event["enforcementLevel"],
            event["policyName"],
            event["resourceUrn"].rsplit("::", 1)[1],
            re.sub(r"<\{%.*?%\}>", "", event["message"]).strip(),
        )
        for event in events
    ]
    return sorted(reported, key=str)


def codes(reported: list[Violation]) -> set[str]:
    """Return the codes of findings, without unjudged properties."""
    return {
        code
        for violation in reported
        if "could not be judged" not in violation.message
        for code in re.findall(r"\[(PI\d{3})\]", violation.message)
    }


def test_a_bad_stack_violates_the_rules_and_the_report_matches_the_snapshot(
    project: Project, snapshot: SnapshotAssertion
):
    config = {
        "pod-identity-tags": {"requiredTags": REQUIRED},
        "pod-identity-session-policy": {"levels": {"PI208": "mandatory"}},
        "pod-identity-association": {"clusterAccount": project.account},
    }

    run = project.fails("preview", BAD_STACK, *with_pack(project, config))

    reported = violations(project)
    assert codes(reported) == set(RULES) - {"PI409"}, run.text  # the stand-in has no node groups
    assert "\n".join(str(violation) for violation in reported) == snapshot


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_our_own_environments_pass_with_nothing_that_could_not_be_judged(
    stack: str, sandbox: Sandbox, cli: Path, tmp_path: Path
):
    """`onUnknown` is `fail` in every configuration, so the exit status says both."""
    checkout = tmp_path / "checkout"
    copy_repository(checkout)
    pulumi = Pulumi(cli, checkout, sandbox.environment(cli) | {"PULUMI_DEBUG_COMMANDS": "true"})
    pulumi.select(stack)
    log = tmp_path / "events.json"
    config = PACK / "config" / f"{stack}.json"

    done = pulumi.run(
        "preview",
        "--policy-pack",
        str(PACK),
        "--policy-pack-config",
        str(config),
        "--event-log",
        str(log),
        check=False,
    )

    settings = json.loads(config.read_text())
    assert {setting.get("onUnknown") for setting in settings.values()} == {"fail"}
    assert done.returncode == 0, done.stdout
    assert [line for line in log.read_text().splitlines() if "policyEvent" in line] == []


ONE_ROLE = """
import json
import pulumi
import pulumi_aws as aws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    ],
}
"""
UNSCOPED = (
    ONE_ROLE
    + """
del TRUST["Statement"][0]["Condition"]
aws.iam.Role("open", name="open", assume_role_policy=json.dumps(TRUST))
"""
)
NOT_KNOWN = (
    ONE_ROLE
    + """
other = aws.iam.Role("other", name="other", assume_role_policy=json.dumps(TRUST))
aws.iam.Role(
    "late",
    name="late",
    assume_role_policy=pulumi.Output.json_dumps({**TRUST, "Id": other.unique_id}),
    tags={"Owner": other.unique_id},
)
"""
)
UNTAGGED = (
    ONE_ROLE
    + """
role = aws.iam.Role(
    "role",
    name="role",
    assume_role_policy=json.dumps(
        TRUST
        | {
            "Statement": [
                TRUST["Statement"][0]
                | {"Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/main"}}}
            ]
        }
    ),
    tags={"Owner": "payments"},
)
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)
aws.eks.PodIdentityAssociation(
    "association",
    cluster_name=CLUSTER,
    namespace="payments",
    service_account="api",
    role_arn=role.arn,
    policy=POLICY,
)
"""
)


def test_a_pack_that_the_command_wrote_elsewhere_runs_in_its_own_environment(
    project: Project,
    pack: tuple[Path, Path],  # noqa: F811 - the fixture
):
    """The wheel in a clean environment, three files, and `pulumi preview --policy-pack DIR`."""
    _, folder = pack

    project.fails("preview", UNSCOPED, "--policy-pack", str(folder))

    assert codes(violations(project)) == {"PI104"}


def test_an_update_stops_before_the_cloud_is_called(project: Project):
    project.fails("up", UNSCOPED, "--yes", "--skip-preview", *with_pack(project))

    assert codes(violations(project)) == {"PI104"}
    assert [role["RoleName"] for role in project.aws("iam").list_roles()["Roles"] if role["RoleName"] == "open"] == []


@pytest.mark.parametrize(
    ("on_unknown", "code", "levels"),
    [("warn", 0, {"advisory"}), ("fail", 1, {"mandatory"}), ("skip", 0, set())],
)
def test_a_value_unknown_at_preview_is_reported_as_configured(
    project: Project, on_unknown: str, code: int, levels: set[str]
):
    config = {"pod-identity-trust": {"onUnknown": on_unknown}}

    run = project.run("preview", *with_pack(project, config), program=NOT_KNOWN)

    reported = violations(project)
    assert run.code == code, run.text
    assert {violation.level for violation in reported} == levels
    assert {violation.resource for violation in reported} <= {"late"}


def test_a_tag_whose_value_is_not_known_is_present(project: Project):
    config = {"pod-identity-tags": {"requiredTags": ["Owner"]}, "pod-identity-trust": {"onUnknown": "skip"}}

    project.run("preview", *with_pack(project, config), program=NOT_KNOWN)

    assert [(violation.resource, codes([violation])) for violation in violations(project)] == [("other", {"PI501"})]


def test_remediation_adds_constant_tags_and_turns_session_tags_off(project: Project):
    config = {
        "pod-identity-tags": {
            "enforcementLevel": "remediate",
            "requiredTags": ["Owner", "CostCenter"],
            "remediateTags": {"CostCenter": "4711", "Owner": "nobody"},
        },
        "pod-identity-session-policy": "remediate",
    }

    project.up(UNTAGGED, *with_pack(project, config))

    tags = project.aws("iam").list_role_tags(RoleName="role")["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"Owner": "payments", "CostCenter": "4711"}
    eks = project.aws("eks")
    (association,) = eks.list_pod_identity_associations(clusterName=project.cluster)["associations"]
    described = eks.describe_pod_identity_association(
        clusterName=project.cluster, associationId=association["associationId"]
    )
    assert described["association"]["disableSessionTags"] is True
    assert [violation for violation in violations(project) if violation.level == "mandatory"] == []


def test_a_level_in_the_configuration_is_checked_before_anything_runs(project: Project):
    config = {"pod-identity-trust": {"levels": {"PI999": "off"}, "onUnknown": "explode"}}

    run = project.fails("preview", UNSCOPED, *with_pack(project, config))

    assert "PI999" in run.text
    assert "onUnknown" in run.text


def test_saved_state_is_audited_without_a_program_or_the_key_to_its_secrets(project: Project):
    """The ARN links the role. A secret without its key is unknown. An exemption holds through its last day."""
    program = UNTAGGED.replace("policy=POLICY,", "policy=pulumi.Output.secret(POLICY), disable_session_tags=True,")
    asks_for_tags = '{"StringEquals": {"aws:RequestTag/kubernetes-namespace": "payments"}}'
    project.up(re.sub(r'{"ArnEquals": .*?"}}', asks_for_tags, program))
    state = project.folder.parent / "state.json"
    project.pulumi.run("stack", "export", "--file", str(state))
    locked_out = {key: value for key, value in project.pulumi.environment.items() if key != "PULUMI_CONFIG_PASSPHRASE"}
    today = dt.datetime.now(dt.UTC).date()

    def audit(expires: dt.date | None) -> tuple[int, set[str], str]:
        exempt = [{"match": "association", "codes": ["PI206"], "reason": "moves soon", "expires": str(expires)}]
        options = with_pack(project, {"pod-identity-stack": {"exempt": exempt if expires else []}})
        pulumi = Pulumi(project.pulumi.cli, project.folder.parent, locked_out)
        done = pulumi.run("policy", "analyze", "--file", str(state), *options, "--json", check=False)
        assert "analyzing with secret values redacted" in done.stdout
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        policy_events = [event["policyEvent"] for event in events if "policyEvent" in event]
        reported = {
            f"{event['enforcementLevel']} {event['message'].partition('The ')[0].strip()}" for event in policy_events
        }
        return done.returncode, reported, done.stdout

    open_ones = {"advisory [PI202] [PI203] [PI204] [PI209]", "advisory [PI405]"}
    code, reported, _ = audit(None)
    exempted_code, exempted, _ = audit(today)
    expired_code, expired, text = audit(today - dt.timedelta(days=1))

    assert (code, reported) == (1, {*open_ones, "mandatory [PI206]"})
    assert (exempted_code, exempted) == (0, {*open_ones, f"advisory [PI206] is exempt until {today} (moves soon):"})
    assert (expired_code, expired) == (code, reported)
    assert "expired on" in text


def test_the_command_audits_several_states(project: Project, tmp_path: Path):
    project.up(UNSCOPED)
    bad, broken = tmp_path / "bad.json", tmp_path / "broken.json"
    project.pulumi.run("stack", "export", "--file", str(bad))
    broken.write_text("{}")
    sarif = tmp_path / "audit.sarif"
    command = [sys.executable, "-c", "from eks_pod_identity.cli import main; main()", "policy-pack", "audit"]
    options = ["--pulumi", str(project.pulumi.cli), "--policy-pack", str(PACK), "--sarif", str(sarif)]

    def audit(*states: Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*command, *map(str, states), *options],
            env=dict(project.pulumi.environment),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    reported = audit(bad)
    result = json.loads(sarif.read_text())["runs"][0]["results"][0]
    also_broken = audit(bad, broken)

    assert reported.returncode == 1, reported.stderr
    assert reported.stdout.splitlines()[-1] == "1 state: 1 mandatory and 0 advisory violations"
    line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert bad.read_text().splitlines()[line - 1].strip().endswith('aws:iam/role:Role::open",')
    assert also_broken.returncode == 2
    assert "1 could not be judged" in also_broken.stdout
    assert "Traceback" not in also_broken.stderr
