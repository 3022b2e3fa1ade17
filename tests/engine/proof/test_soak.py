"""Random changes through `pulumi up` under a few faults; in the end state, emulator and API server agree.

One seed gives one sequence. The engine's state, the AWS emulator and the API server are compared after the last run.
It goes on for half a minute, or for as many seconds as EKS_POD_IDENTITY_SOAK_SECONDS says.
"""

import json
import os
import random
import time
from typing import Any

import pytest

from faulty_project import FaultyProject, assert_clear_error
from sandbox.aws.inventory import Inventory, inventory
from sandbox.eks.api_server import ApiServer
from sandbox.faults import Fault, Kind, Plan

SEED = 2026
SECONDS = int(os.environ.get("EKS_POD_IDENTITY_SOAK_SECONDS", "30"))
PROGRAM = """
import json
from pathlib import Path
from pulumi_eks_pod_identity import PodIdentity

def read(keys):
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::invoices/{keys}"]},
    ]}

for name, wanted in json.loads(Path("wanted.json").read_text()).items():
    args = {
        "cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": name, "create_service_account": True,
        "policies": {key: read(key) for key in wanted["keys"]}, "propagation_seconds": 0,
        "tags": {"Owner": wanted["owner"]},
    }
    if wanted["narrowed"]:
        args["session_policy"] = read("2026/*")
    if wanted["target"]:
        args |= {"create_target_role": True, "target_policies": {"read": read("*")}}
    PodIdentity(name, args)
"""


def random_identity(chance: random.Random) -> dict[str, Any]:
    """Return the settings of one identity."""
    return {
        "keys": sorted(chance.sample(["2024", "2025", "2026"], chance.randint(1, 3))),
        "owner": chance.choice(["payments", "billing"]),
        "narrowed": chance.random() < 0.3,
        "target": chance.random() < 0.3,
    }


def step(wanted: dict[str, Any], chance: random.Random) -> None:
    """Create, change or delete one to three identities."""
    for _ in range(chance.randint(1, 3)):
        name = f"app-{chance.randrange(12)}"
        if name in wanted and chance.random() < 0.5:
            del wanted[name]
        else:
            wanted[name] = random_identity(chance)


def expected(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the expected contents of AWS and Kubernetes, by identity."""
    return {
        "identities": {
            name: {
                "keys": expected["keys"],
                "owners": {expected["owner"]},
                "narrowed": expected["narrowed"],
                "target": expected["target"],
            }
            for name, expected in wanted.items()
        },
        "roles": len(wanted) + sum(expected["target"] for expected in wanted.values()),
        "policies": sum(len(expected["keys"]) + 2 * expected["target"] for expected in wanted.values()),
        "service accounts": sorted(wanted),
    }


def state_of(faulty: FaultyProject) -> dict[str, Any]:
    """Return the contents of AWS and Kubernetes."""
    project = faulty.project
    emulated = inventory(project.sandbox.aws, project.account)
    assert emulated.duplicates() == []
    api = ApiServer(project.sandbox.kubernetes, project.sandbox.token)
    accounts = api.get(f"/api/v1/namespaces/{project.namespace}/serviceaccounts")["items"]
    return {
        "identities": {
            key.rsplit("/", 1)[1]: identity(emulated, association)
            for key, (association,) in emulated.associations.items()
        },
        "roles": len(emulated.roles) - 1,  # the cluster's own
        "policies": len(emulated.inline_policies),
        "service accounts": sorted(
            account["metadata"]["name"] for account in accounts if account["metadata"]["name"] != "default"
        ),
    }


def identity(emulated: Inventory, association: dict[str, Any]) -> dict[str, Any]:
    """Return one identity in the emulator, in the form of `random_identity`."""
    arns = [association[member] for member in ("roleArn", "targetRoleArn") if association.get(member)]
    role = arns[0].rsplit("/", 1)[1]
    documents = [document for key, document in emulated.inline_policies.items() if key.startswith(f"{role}/")]
    resources = [statement["Resource"] for document in documents for statement in document["Statement"]]
    # A policy of the program's names one object key in a list; the permission on the target names a role.
    keys = [
        each[0].rsplit("/", 1)[1] for each in resources if isinstance(each, list) and each[0].startswith("arn:aws:s3")
    ]
    return {
        "keys": sorted(keys),
        "owners": {tagged["tags"]["Owner"] for tagged in (association, *(emulated.roles[arn] for arn in arns))},
        "narrowed": bool(association.get("policy")),
        "target": len(arns) > 1,
    }


@pytest.mark.timeout(SECONDS + 600)
def test_state_emulator_and_api_server_agree_after_many_changes(faulty: FaultyProject):
    chance = random.Random(SEED)
    project = faulty.project
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": project.namespace}}
    ApiServer(project.sandbox.kubernetes, project.sandbox.token).create("/api/v1/namespaces", namespace)
    project.write(PROGRAM)
    wanted: dict[str, Any] = {}
    runs = failed = 0
    began = time.monotonic()
    while time.monotonic() < began + SECONDS or not runs:
        step(wanted, chance)
        (project.folder / "wanted.json").write_text(json.dumps(wanted))
        rough = [Fault(Kind.THROTTLE, chance=0.05), Fault(Kind.SERVER_ERROR, chance=0.02)]
        faulty.proxy.plan = Plan(rough, seed=chance.randrange(1_000_000))
        run = project.run("up", "--yes", "--skip-preview")
        runs += 1
        if run.code:
            failed += 1
            assert_clear_error(run)
            print(f"run {runs} failed:", *(line for line in run.text.splitlines() if "error:" in line), sep="\n")  # noqa: T201
    faulty.proxy.plan = Plan([])
    project.up()

    took = time.monotonic() - began
    print(f"soak: {runs} runs in {took:.0f} s, {failed} failed, {len(wanted)} identities at the end")  # noqa: T201 - the report of a long run
    assert state_of(faulty) == expected(wanted)
    assert faulty.in_aws() == faulty.in_state()
    assert project.up().changes == []
