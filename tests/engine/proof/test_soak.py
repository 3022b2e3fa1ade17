"""Random changes through `pulumi up` under a few faults; in the end, state, emulator and API server agree.

The seed determines the sequence. The engine's state, the AWS emulator and the API server are compared after the last
run. The test takes half a minute, or as many seconds as EKS_POD_IDENTITY_SOAK_SECONDS has.
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

for name, settings in json.loads(Path("identities.json").read_text()).items():
    args = {
        "cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": name, "create_service_account": True,
        "policies": {key: read(key) for key in settings["keys"]}, "propagation_seconds": 0,
        "tags": {"Owner": settings["owner"]},
    }
    if settings["narrowed"]:
        args["session_policy"] = read("2026/*")
    if settings["target"]:
        args |= {"create_target_role": True, "target_policies": {"read": read("*")}}
    PodIdentity(name, args)
"""


def random_identity(rng: random.Random) -> dict[str, Any]:
    """Return the settings of one identity."""
    return {
        "keys": sorted(rng.sample(["2024", "2025", "2026"], rng.randint(1, 3))),
        "owner": rng.choice(["payments", "billing"]),
        "narrowed": rng.random() < 0.3,
        "target": rng.random() < 0.3,
    }


def change_some(identities: dict[str, Any], rng: random.Random) -> None:
    """Create, change or delete one to three identities."""
    for _ in range(rng.randint(1, 3)):
        name = f"app-{rng.randrange(12)}"
        if name in identities and rng.random() < 0.5:
            del identities[name]
        else:
            identities[name] = random_identity(rng)


def expected_state(identities: dict[str, Any]) -> dict[str, Any]:
    """Return the expected contents of AWS and Kubernetes, by identity."""
    return {
        "identities": {
            name: {
                "keys": settings["keys"],
                "owners": {settings["owner"]},
                "narrowed": settings["narrowed"],
                "target": settings["target"],
            }
            for name, settings in identities.items()
        },
        "roles": len(identities) + sum(settings["target"] for settings in identities.values()),
        "policies": sum(len(settings["keys"]) + 2 * settings["target"] for settings in identities.values()),
        "service accounts": sorted(identities),
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
            key.rsplit("/", 1)[1]: identity_in_aws(emulated, association)
            for key, (association,) in emulated.associations.items()
        },
        "roles": len(emulated.roles) - 1,  # the cluster's own
        "policies": len(emulated.inline_policies),
        "service accounts": sorted(
            account["metadata"]["name"] for account in accounts if account["metadata"]["name"] != "default"
        ),
    }


def identity_in_aws(emulated: Inventory, association: dict[str, Any]) -> dict[str, Any]:
    """Return one identity in the emulator, in the form of `random_identity`."""
    arns = [association[member] for member in ("roleArn", "targetRoleArn") if association.get(member)]
    role = arns[0].rsplit("/", 1)[1]
    documents = [document for key, document in emulated.inline_policies.items() if key.startswith(f"{role}/")]
    resources = [statement["Resource"] for document in documents for statement in document["Statement"]]
    # A policy of the program's names one object key in a list; the permission on the target names a role.
    keys = [
        names[0].rsplit("/", 1)[1]
        for names in resources
        if isinstance(names, list) and names[0].startswith("arn:aws:s3")
    ]
    return {
        "keys": sorted(keys),
        "owners": {tagged["tags"]["Owner"] for tagged in (association, *(emulated.roles[arn] for arn in arns))},
        "narrowed": bool(association.get("policy")),
        "target": len(arns) > 1,
    }


@pytest.mark.timeout(SECONDS + 600)
def test_state_emulator_and_api_server_agree_after_many_changes(faulty: FaultyProject):
    rng = random.Random(SEED)
    project = faulty.project
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": project.namespace}}
    ApiServer(project.sandbox.kubernetes, project.sandbox.token).create("/api/v1/namespaces", namespace)
    project.write(PROGRAM)
    identities: dict[str, Any] = {}
    runs = failed = 0
    began = time.monotonic()
    while time.monotonic() < began + SECONDS or not runs:
        change_some(identities, rng)
        (project.folder / "identities.json").write_text(json.dumps(identities))
        faults = [Fault(Kind.THROTTLE, chance=0.05), Fault(Kind.SERVER_ERROR, chance=0.02)]
        faulty.proxy.plan = Plan(faults, seed=rng.randrange(1_000_000))
        run = project.run("up", "--yes", "--skip-preview")
        runs += 1
        if run.code:
            failed += 1
            assert_clear_error(run)
            print(f"run {runs} failed:", *(line for line in run.text.splitlines() if "error:" in line), sep="\n")  # noqa: T201
    faulty.proxy.plan = Plan([])
    project.up()

    took = time.monotonic() - began
    print(f"soak: {runs} runs in {took:.0f} s, {failed} failed, {len(identities)} identities at the end")  # noqa: T201 - the report of a long run
    assert state_of(faulty) == expected_state(identities)
    assert faulty.in_aws() == faulty.in_state()
    assert project.up().changes == []
