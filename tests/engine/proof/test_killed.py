"""Program, engine or AWS plugin killed in the middle of `pulumi up`: nothing is lost or duplicated.

Each point is seeded: the number of the changing call to AWS at which the kill comes, and whether AWS gets that call. A
call that AWS got and the engine did not hear of is what such a kill leaves behind; the way out is the one that the
engine and the error name.
"""

import json
import os
import re
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine_project import Run
from faulty_project import FaultyProject, program
from process_tree import command_line, processes_below, still_running
from sandbox.faults import Fault, Kind, Plan

#: Ten points of each part take a quarter of an hour; a short run takes the first two.
POINTS = 10 if "EKS_POD_IDENTITY_LONG" in os.environ else 2
CHANGES = r"(iam:(Create|Put|Tag)\w+|eks:Create\w+)"
COMMANDS = {"engine": None, "program": "language_host/execute.py", "AWS plugin": "sandbox.aws_plugin"}


def victim(engine: int, part: str) -> int:
    """Return the process to kill."""
    name = COMMANDS[part]
    if name is None:
        return engine
    for pid in processes_below(engine):
        if name in command_line(pid):
            return pid
    raise AssertionError(f"no process of the {part} below the engine")


def kill_at(faulty: FaultyProject, part: str, point: int) -> dict[int, str]:
    """Start `pulumi up`, kill *part* at the seeded *point*, wait for the end, and return the engine's processes."""
    # Six calls change something here: two roles, four policies; then two associations. Even points are delivered.
    kind = Kind.LOST_ANSWER if point % 2 == 0 else Kind.TIMEOUT
    faulty.proxy.plan = Plan([Fault(kind, CHANGES, times=1, skip=point * 7 % 8, seconds=1.5)], seed=point)
    faulty.project.write(program())
    running = faulty.project.start("up", "--yes", "--skip-preview")
    deadline = time.monotonic() + 60
    while not faulty.proxy.plan.injected:
        assert running.poll() is None, running.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.05)  # let a delivered call arrive
    below = processes_below(running.pid)
    os.kill(victim(running.pid, part), signal.SIGKILL)
    try:
        running.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        raise AssertionError(f"the engine did not end in 60 s after its {part} was killed") from None
    return below


def recover(faulty: FaultyProject) -> None:
    """Run `pulumi up` until it succeeds. Import what already exists in AWS, as the error advises."""
    faulty.proxy.plan = Plan([])
    project = faulty.project
    project.pulumi.run("cancel", "--yes", check=False)
    for _ in range(4):
        run = project.run("up", "--yes", "--skip-preview")
        if run.code == 0:
            forget_pending(faulty)
            return
        assert "Traceback" not in run.text, run.text
        assert "already exists" in run.text, run.text
        import_existing(faulty, run)
    raise AssertionError(run.text)


def pending(faulty: FaultyProject) -> list[dict]:
    """Return the pending operations of the state."""
    return json.loads(faulty.project.pulumi.run("stack", "export").stdout)["deployment"].get("pending_operations", [])


def forget_pending(faulty: FaultyProject) -> None:
    """Clear pending operations after checking that all their resources are in the state.

    Until then the engine warns about them at each run.
    """
    if pending(faulty):
        faulty.project.pulumi.run("refresh", "--clear-pending-creates", "--yes", "--skip-preview")
        assert pending(faulty) == []


def import_existing(faulty: FaultyProject, run: Run) -> None:
    """Import each resource whose creation failed because AWS has it already."""
    resources = []
    for step in run.steps:
        for line in run.text.splitlines():
            if step.op == "create" and f" {step.name} " in line and "already exists" in line:
                association = re.search(r"already exists: (a-\w+)", line)
                identifier = f"main,{association[1]}" if association else step.inputs["name"]
                resources.append({"type": step.type, "name": step.name, "id": identifier, "parent": "identity"})
    component = next(step for step in run.steps if step.type.endswith(":PodIdentity"))
    by_name = {item["name"]: {**item, "version": "7.51.1"} for item in resources}
    file = faulty.project.folder.parent / "import.json"
    file.write_text(json.dumps({"nameTable": {"identity": component.urn}, "resources": list(by_name.values())}))
    faulty.project.pulumi.run(
        "import", "--file", str(file), "--yes", "--skip-preview", "--protect=false", "--generate-code=false"
    )


@pytest.mark.parametrize("point", range(POINTS))
@pytest.mark.parametrize("part", COMMANDS)
def test_after_a_kill_the_next_up_completes_the_stack(faulty: FaultyProject, part: str, point: int):
    below = kill_at(faulty, part, point)
    recover(faulty)

    faulty.assert_consistent()
    assert faulty.up_without_faults().changes == []
    assert still_running(below) == []


def test_a_truncated_attribute_file_can_be_deleted_and_the_state_is_complete(faulty: FaultyProject, tmp_path: Path):
    """The engine replaces the state of a folder backend at once, but not the files with its attributes.

    Docs/troubleshooting.md.
    """
    pulumi = faulty.project.pulumi
    backend = tmp_path / "backend"
    backend.mkdir()
    plain = replace(pulumi, environment={**pulumi.environment, "PULUMI_BACKEND_URL": backend.as_uri()})
    plain.select("test")
    before = plain.run("stack", "export").stdout
    (attributes,) = backend.rglob("stacks/*/test.json.attrs")
    attributes.write_bytes(b"")

    torn = plain.run("stack", "export", check=False)
    attributes.unlink()

    assert torn.returncode
    assert "error: failed to load checkpoint: EOF" in torn.stdout
    assert plain.run("stack", "export").stdout == before


def test_the_sandbox_keeps_no_attributes_beside_a_state(faulty: FaultyProject):
    """`?metadata=skip` in the backend's address: there are no such files."""
    faulty.project.pulumi.select("test")

    assert list((faulty.project.sandbox.directory / "run" / "state").rglob("*.attrs")) == []
