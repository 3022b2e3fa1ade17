"""`eks-pod-identity policy-pack audit`, against a fake `pulumi` with output of the engine."""

import json
import os
import sys
from contextlib import chdir
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from eks_pod_identity.cli import main
from eks_pod_identity.rules.catalogue import RULES

URN = "urn:pulumi:dev::shop::aws:iam/role:Role::open"


def event(level: str, code: str, urn: str = URN) -> dict[str, object]:
    return {
        "policyEvent": {
            "resourceUrn": urn,
            "message": f"<{{%reset%}}>[{code}] The role is open.<{{%reset%}}>\n",
            "policyName": "pod-identity-trust",
            "enforcementLevel": level,
        }
    }


class Audits:
    """States, and a stand-in for the CLI that answers for each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pulumi = folder / "pulumi"
        self.pulumi.write_text(
            f"#!{sys.executable}\n"
            "import json, pathlib, sys\n"
            "state = pathlib.Path(sys.argv[sys.argv.index('--file') + 1])\n"
            "pathlib.Path(sys.argv[0]).with_name('seen.txt').write_text(' '.join(sys.argv[1:]))\n"
            "answer = json.loads(state.with_suffix('.answer').read_text())\n"
            "print('\\n'.join(json.dumps(one) for one in answer['events']))\n"
            "print(answer['stderr'], file=sys.stderr)\n"
            "sys.exit(answer['code'])\n"
        )
        self.pulumi.chmod(0o755)
        self.pack = folder / "my-pack"
        self.pack.mkdir()
        (self.pack / "PulumiPolicy.yaml").write_text("runtime: python\n")

    def state(self, name: str, *events: dict[str, object], code: int = 0, stderr: str = "") -> str:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({"deployment": {"resources": [{"urn": "other"}, {"urn": URN}]}}, indent=2))
        path.with_suffix(".answer").write_text(json.dumps({"events": events, "code": code, "stderr": stderr}))
        return str(path)

    def run(self, *arguments: str) -> Result:
        pack = ["--policy-pack", str(self.pack)]
        return CliRunner().invoke(main, ["policy-pack", "audit", "--pulumi", str(self.pulumi), *pack, *arguments])


@pytest.fixture
def audits(tmp_path: Path) -> Audits:
    return Audits(tmp_path)


def test_states_without_violations_end_with_zero(audits: Audits):
    result = audits.run(audits.state("dev"), audits.state("prod"))

    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "2 states: 0 mandatory and 0 advisory violations"


def test_an_advisory_violation_does_not_fail(audits: Audits):
    result = audits.run(audits.state("dev", event("advisory", "PI205")))

    assert result.exit_code == 0
    assert "1 state: 0 mandatory and 1 advisory violations" in result.output


def test_a_mandatory_violation_fails_and_is_shown(audits: Audits):
    result = audits.run(audits.state("dev", event("mandatory", "PI104"), code=255), audits.state("prod"))

    assert result.exit_code == 1
    assert "  mandatory  open: [PI104] The role is open.\n" in result.output
    assert "2 states: 1 mandatory and 0 advisory violations" in result.output


def test_a_state_that_cannot_be_judged_ends_with_two(audits: Audits):
    result = audits.run(audits.state("broken", code=255, stderr="error: reading deployment: not a state"))

    assert result.exit_code == 2
    assert "error: reading deployment: not a state" in result.output
    assert "1 could not be judged" in result.output


def test_states_that_cannot_be_read_are_listed_in_one_error_and_the_others_are_judged(audits: Audits):
    files = {
        "garbage": b"{",
        "list": b"[]",
        "other": b'{"version": 3}',
        "binary": b"\x80\x81",
        "powershell": "{}".encode("utf-16"),
        "signature": "{}".encode("utf-8-sig"),
        "deep": b"[" * 100_000,
    }
    for name, content in files.items():
        (audits.folder / f"{name}.json").write_bytes(content)
    names = [str(audits.folder / f"{name}.json") for name in files]

    result = audits.run(
        audits.state("bad", event("mandatory", "PI104"), code=255), "nowhere.json", str(audits.folder), *names
    )

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "Error: 9 states could not be judged:",
        "- nowhere.json cannot be read: No such file or directory",
        f"- {audits.folder} cannot be read: Is a directory",
        f"- {audits.folder}/garbage.json is not JSON",
        f"- {audits.folder}/list.json is not a JSON object",
        f"- {audits.folder}/other.json has no deployment: it is not what `pulumi stack export` writes",
        f"- {audits.folder}/binary.json is not JSON",
        f"- {audits.folder}/powershell.json is in UTF-16 or has a byte order mark: save it as UTF-8 without one",
        f"- {audits.folder}/signature.json is in UTF-16 or has a byte order mark: save it as UTF-8 without one",
        f"- {audits.folder}/deep.json is nested too deeply to be read",
    ]
    assert result.stdout.splitlines()[-1] == "10 states: 1 mandatory and 0 advisory violations, 9 could not be judged"


def test_wrong_options_are_listed_in_one_error_before_anything_is_run(audits: Audits):
    config = audits.folder / "config.json"
    config.write_text("{")

    result = CliRunner().invoke(
        main,
        [
            *("policy-pack", "audit", audits.state("dev")),
            *("--pulumi", "/nowhere/pulumi"),
            *("--policy-pack", str(audits.folder)),
            *("--config", str(config)),
            *("--sarif", "/nowhere/a.sarif"),
            *("--junit", str(audits.folder)),
        ],
    )

    assert result.exit_code == 2
    for line in (
        '- --pulumi: there is no program "/nowhere/pulumi"; install the Pulumi CLI',
        f'- --policy-pack: "{audits.folder}" has no PulumiPolicy.yaml; `eks-pod-identity policy-pack init` writes',
        f'- --config: "{config}" is not JSON.',
        '- --sarif: "/nowhere/a.sarif" is in a directory that does not exist.',
        f'- --junit: "{audits.folder}" is a directory.',
    ):
        assert line in result.stderr
    assert not (audits.folder / "seen.txt").exists()


def test_pack_and_configuration_reach_the_engine(audits: Audits):
    config = audits.folder / "config.json"
    config.write_text("{}")

    audits.run(audits.state("dev"), "--config", str(config))

    seen = (audits.folder / "seen.txt").read_text()
    assert seen.startswith("policy analyze --file ")
    assert f"--policy-pack {audits.pack} --json --policy-pack-config {config}" in seen


def test_a_pulumi_that_cannot_be_run_is_an_error_of_each_state(audits: Audits):
    audits.pulumi.write_text("#!/nowhere/python\n")

    result = audits.run(audits.state("dev"))

    assert result.exit_code == 2
    assert "pulumi could not be run: No such file or directory" in result.stderr


def test_sarif_names_rule_level_resource_and_line(audits: Audits):
    sarif = audits.folder / "audit.sarif"
    state = audits.state("dev", event("mandatory", "PI104"), event("advisory", "PI205"), code=255)

    audits.run(state, "--sarif", str(sarif))

    (run,) = json.loads(sarif.read_text())["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("PI104", "error"),
        ("PI205", "warning"),
    ]
    location = run["results"][0]["locations"][0]
    line = Path(state).read_text().splitlines()[location["physicalLocation"]["region"]["startLine"] - 1]
    assert URN in line
    assert location["physicalLocation"]["artifactLocation"]["uri"] == Path(state).as_uri()
    assert location["logicalLocations"][0]["fullyQualifiedName"] == URN


def test_sarif_has_what_the_format_asks_for(audits: Audits):
    """SARIF 2.1.0, sections 3.14, 3.27 and 3.49; URIs are relative where paths are, and encoded."""
    sarif = audits.folder / "audit.sarif"
    odd = audits.folder / "with space & ü.json"
    Path(audits.state("odd", event("mandatory", "pod-identity-trust"), code=255)).rename(odd)
    (audits.folder / "odd.answer").rename(odd.with_suffix(".answer"))

    with chdir(audits.folder):
        audits.run(odd.name, "missing.json", "--sarif", sarif.name)

    document = json.loads(sarif.read_text())
    (run,) = document["runs"]
    assert (document["version"], set(document)) == ("2.1.0", {"$schema", "version", "runs"})
    assert set(run) == {"tool", "invocations", "results"}
    rules = run["tool"]["driver"]["rules"]
    assert {rule["defaultConfiguration"]["level"] for rule in rules} == {"error", "warning", "none"}
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].startswith("missing.json: cannot be read")
    (result,) = run["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "with%20space%20%26%20%C3%BC.json"
    assert physical["region"]["startLine"] >= 1


def test_junit_has_a_suite_for_each_state(audits: Audits):
    junit = audits.folder / "audit.xml"
    bad = audits.state("bad", event("mandatory", "PI104"), event("advisory", "PI205"), code=255)

    audits.run(bad, audits.state("good"), "--junit", str(junit))

    suites = ET.parse(junit).getroot().findall("testsuite")
    assert [(suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in suites] == [
        ("2", "1", "0"),
        ("1", "0", "0"),
    ]
    failure = suites[0].find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "[PI104] The role is open."


# Unusual names and bytes


HOSTILE = "urn:pulumi:dev::shop::aws:iam/role:Role::a\n::error::x\x1b[31m\x00\ud800##[error]##vso[task]\ufffe"


def test_resource_names_cannot_give_commands_to_a_ci_system(audits: Audits):
    hostile = {**event("mandatory", "PI104", HOSTILE)}

    result = audits.run(audits.state("dev", hostile, code=255))

    assert result.exit_code == 1
    for line in result.output.splitlines():
        assert not line.lstrip().startswith("::")
        assert line.isprintable()
        assert "##[" not in line
        assert "##vso[" not in line


def test_reports_are_valid_whatever_names_hold(audits: Audits):
    sarif, junit = audits.folder / "a.sarif", audits.folder / "a.xml"
    hostile = {**event("mandatory", "PI104", HOSTILE)}

    audits.run(audits.state("dev", hostile, code=255), "--sarif", str(sarif), "--junit", str(junit))

    assert len(json.loads(sarif.read_text())["runs"][0]["results"]) == 1
    (case,) = ET.parse(junit).getroot().iter("testcase")
    assert case.get("name", "").startswith("PI104 urn:pulumi:dev::shop::aws:iam/role:Role::a\\n::error::x")


def test_output_that_is_not_text_gives_no_traceback(audits: Audits):
    audits.pulumi.write_text(f"#!{sys.executable}\nimport sys\nsys.stdout.buffer.write(b'\\xff{{\\n{{[]\\n{{1:\\n')\n")
    audits.pulumi.chmod(0o755)

    result = audits.run(audits.state("dev"))

    assert result.exit_code == 0
    assert result.exception is None or isinstance(result.exception, SystemExit)


# Files without a state


def test_a_pipe_and_a_device_are_not_read(audits: Audits):
    pipe = audits.folder / "pipe.json"
    os.mkfifo(pipe)

    result = audits.run(str(pipe), "/dev/zero", "--config", str(pipe))

    assert result.exit_code == 2
    assert f'--config: "{pipe}" is not an ordinary file' in result.stderr

    result = audits.run(str(pipe), "/dev/zero")

    assert result.stderr.splitlines() == [
        "Error: 2 states could not be judged:",
        f"- {pipe} is not an ordinary file: export the state into a file first",
        "- /dev/zero is not an ordinary file: export the state into a file first",
    ]


def test_a_report_does_not_overwrite_what_the_audit_reads(audits: Audits):
    state = audits.state("dev")
    link = audits.folder / "link.json"
    link.symlink_to(state)
    before = Path(state).read_text()
    same = audits.folder / "same.report"

    for report in (state, str(link), str(audits.pack / "PulumiPolicy.yaml")):
        result = audits.run(state, "--sarif", report)

        assert result.exit_code == 2
        assert "is read by this command, and would be overwritten" in result.stderr
    result = audits.run(state, "--sarif", str(same), "--junit", str(same))

    assert result.exit_code == 2
    assert "--junit" in result.stderr
    assert Path(state).read_text() == before


@pytest.mark.parametrize("report", ["/dev/full", "/dev/null/x", "/proc/x"])
def test_a_report_that_cannot_be_written_is_one_line(audits: Audits, report: str):
    result = audits.run(audits.state("dev"), "--sarif", report)

    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert report in result.stderr


# Exemptions


def test_an_exempt_finding_is_shown_as_exempt_everywhere(audits: Audits):
    sarif, junit = audits.folder / "a.sarif", audits.folder / "a.xml"
    exempt = event("advisory", "PI104")
    text = "[PI104] is exempt until 2999-12-31 (moves soon): The role is open."
    exempt["policyEvent"]["message"] = text  # type: ignore[index]

    result = audits.run(audits.state("dev", exempt), "--sarif", str(sarif), "--junit", str(junit))

    assert result.exit_code == 0
    assert "  exempt     open: [PI104] is exempt until 2999-12-31 (moves soon)" in result.output
    assert result.output.splitlines()[-1] == "1 state: 0 mandatory and 0 advisory violations, 1 exempt"
    (reported,) = json.loads(sarif.read_text())["runs"][0]["results"]
    assert reported["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "until 2999-12-31: moves soon"}
    ]
    suite = ET.parse(junit).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    skipped = suite.find("testcase/skipped")
    assert skipped is not None
    assert skipped.get("message") == text
