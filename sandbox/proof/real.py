"""The proof on a real cluster: the same workload in a real pod, with `kubectl` and the caller's AWS profile.

It uses none of the sandbox's stand-ins: the webhook, the node's agent, EKS Auth and IAM are those of AWS. It has not
been run against AWS by this project. The parts that it shares with the sandbox's proof (the workload, the
expectations, the report) are tested there.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.processes import SandboxError
from sandbox.proof.chain import Workload, WorkloadResult, problems_of
from sandbox.proof.expectations import Proof
from sandbox.proof.node import PYTHON, WORKLOAD, parse_report
from sandbox.proof.pods import read_injection
from sandbox.proof.report import Report
from sandbox.proof.workloads import workloads

#: An image that has Python and boto3.
IMAGE = "public.ecr.aws/lambda/python:3.13"
_SECONDS = 180
# Kubernetes expands only $(NAME) in a command, so both variables reach the shell.
_COMMAND = 'printf %s "$PROOF_ACTIONS" | python3 -I -c "$PROOF_WORKLOAD"'


@dataclass(frozen=True)
class Kubectl:
    """`kubectl` with one kubeconfig."""

    kubeconfig: Path

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a command and return what it prints.

        Raises:
            SandboxError: If there is no kubectl, or it fails. Has its error output.
        """
        command = ["kubectl", "--kubeconfig", str(self.kubeconfig), *arguments]
        try:
            completed = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        except FileNotFoundError as missing:
            raise SandboxError("The proof on a real cluster needs kubectl on PATH.") from missing
        if completed.returncode:
            raise SandboxError(f"`kubectl {arguments[0]}` failed: {completed.stderr.strip()}")
        return completed.stdout


def prove_on(
    kubeconfig: Path, environment: Mapping[str, Any], expected: Mapping[str, Proof], *, image: str = IMAGE
) -> Report:
    """Obtain credentials in a pod for every ServiceAccount of *environment*, and make the expected calls.

    Args:
        kubeconfig: Of the cluster that the environment names; may create and delete pods and read their logs.
        environment: The object ``eks-pod-identity:environment`` of the stack's file, whose stack is up.
        expected: The calls to try for each identity.
        image: The image of the pods, with ``python3`` and boto3.

    Raises:
        SandboxError: If EKS does not return the associations, or kubectl fails.
    """
    kubectl = Kubectl(kubeconfig)
    try:
        # Profile, region and credentials of the caller.
        eks = boto3.client(
            "eks", region_name=os.environ.get("AWS_REGION")
        )  # boto3 itself reads AWS_DEFAULT_REGION only
        listed = list(workloads(eks, environment, expected, environment["cluster"]["name"]))
    except (BotoCoreError, ClientError) as error:
        raise SandboxError(f"EKS did not list the associations of the cluster: {error}") from error
    return Report(tuple(prove_workload_on(kubectl, workload, image=image) for workload in listed))


def prove_workload_on(kubectl: Kubectl, workload: Workload, *, image: str = IMAGE) -> WorkloadResult:
    """Obtain credentials in a pod of *workload*, make its calls, return the result, and delete the pod."""
    result = WorkloadResult(workload)
    with _create_pod(kubectl, workload, image) as (manifest, seconds):
        result.admission_seconds, result.injection = seconds, read_injection(manifest)
        if result.injection is None:
            result.problems.append("the webhook injected nothing into the pod. Is there an association?")
            return result
        pod = ("--namespace", workload.namespace, f"pod/{workload.pod_name}")
        kubectl.run("wait", f"--timeout={_SECONDS}s", "--for=jsonpath={.status.phase}=Succeeded", *pod)
        printed = kubectl.run("logs", *pod)
    try:
        result.run = parse_report(json.loads(printed))
    except (ValueError, KeyError):
        result.problems.append(f"its pod did not print a report: {printed.strip()[-500:]}")
        return result
    result.problems += problems_of(workload, result.run, PYTHON)
    return result


@contextmanager
def _create_pod(kubectl: Kubectl, workload: Workload, image: str) -> Iterator[tuple[Mapping[str, Any], float]]:
    began = time.perf_counter()
    created = kubectl.run("create", "--filename=-", "--output=json", stdin=json.dumps(_pod(workload, image)))
    try:
        yield json.loads(created), time.perf_counter() - began
    finally:
        pod = ("--namespace", workload.namespace, f"pod/{workload.pod_name}")
        kubectl.run("delete", "--wait=false", "--ignore-not-found", *pod)


def _pod(workload: Workload, image: str) -> dict[str, Any]:
    actions = [action.plain() for action in (*workload.proof.allow, *workload.proof.deny)]
    container = {
        "name": "workload",
        "image": image,
        "command": ["sh", "-c", _COMMAND],
        "env": [
            {"name": "PROOF_ACTIONS", "value": json.dumps(actions)},
            {"name": "PROOF_WORKLOAD", "value": WORKLOAD.read_text(encoding="utf-8")},
        ],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": workload.pod_name, "namespace": workload.namespace},
        "spec": {"serviceAccountName": workload.service_account, "restartPolicy": "Never", "containers": [container]},
    }
