"""The part of the sandbox for one test: two AWS accounts, a cluster, a namespace, a node with its agent."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from eks_pod_identity.bindings import Binding, external_id
from eks_pod_identity.documents.source_trust import TrustScope, source_trust
from eks_pod_identity.documents.target_trust import source_permission, target_trust
from sandbox.eks.agent import create_agent
from sandbox.eks.api_server import ApiServer
from sandbox.eks.clients import client
from sandbox.eks.serving import server
from sandbox.proof.expectations import Action
from sandbox.proof.node import HURRIED, Run, Sdk, run
from sandbox.proof.pods import Pod, admit, ensure, mount

REGION = "eu-west-1"
Document = Mapping[str, Any]
T = TypeVar("T")


def document(*statements: Document) -> Document:
    """Return a policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str | Sequence[str], resource: str = "*", **more: Any) -> Document:
    """Return a statement that allows *action* on *resource*."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def read(bucket: str, key: str) -> Action:
    """Return the action that reads an object."""
    return Action("s3", "get_object", {"Bucket": bucket, "Key": key})


def reading(bucket: str, keys: str = "*") -> Document:
    """Return the policy that allows reading objects."""
    return document(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/{keys}"))


def role_of(arn: str | None) -> str:
    """Return the account and the name of the role of a session."""
    assert arn is not None
    account, name = arn.split(":")[4], arn.split("/")[1]
    return f"{account}/{name}"


def wait_until(condition: Callable[[], T | None], what: str, *, seconds: float = 30.0) -> T:
    """Call *condition* until it returns something true, and return that; *what* is what should happen."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"this did not happen in {seconds:.0f} s: {what}"
        time.sleep(0.1)
    return value


@contextmanager
def agent(auth: str, cluster: str, account: str) -> Iterator[str]:
    """Run the agent of a node of *cluster* and give its address: the sandbox's, in a thread, which starts at once."""
    settings = {"endpoint": auth, "cluster": cluster, "account": account, "region": REGION}
    running = server(0, create_agent(settings)[0].handle)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


@dataclass
class Case:
    """Creates what a test needs, and runs workloads as their pods would."""

    account: str
    target_account: str
    cluster: str
    namespace: str
    aws: str
    api: ApiServer
    agent: str
    auth: str
    auth_log: Path
    feed_directory: Path
    folder: Path
    kubeconfig: Path
    kubernetes: str
    token: str
    _runs: int = field(default=0)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, account: str | None = None) -> Any:
        """Return a client of the emulator as the root of the source account, or of *account*."""
        key = (service, account or self.account)
        if key not in self._clients:
            self._clients[key] = client(service, self.aws, region=REGION, key_id=key[1])
        return self._clients[key]

    @property
    def cluster_arn(self) -> str:
        """Return the ARN of the cluster."""
        return f"arn:aws:eks:{REGION}:{self.account}:cluster/{self.cluster}"

    def binding(
        self, service_account: str = "api", *, cluster: str | None = None, session_tags: bool = True
    ) -> Binding:
        """Return the ServiceAccount as the library knows it."""
        return Binding(cluster or self.cluster, self.namespace, service_account, session_tags)

    def trust(self, *bindings: Binding, scope: TrustScope = TrustScope.SERVICE_ACCOUNT, **more: Any) -> Document:
        """Return the library's trust policy for *bindings*, by default for the ServiceAccount `api`."""
        return source_trust(
            scope, partition="aws", region=REGION, account=self.account, bindings=bindings or [self.binding()], **more
        )

    def role(
        self,
        name: str,
        trust: Document,
        *policies: Document,
        account: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Create a role and return its ARN."""
        iam = self.client("iam", account)
        listed_tags = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), Tags=listed_tags)["Role"]
        for number, policy in enumerate(policies):
            iam.put_role_policy(RoleName=name, PolicyName=f"policy-{number}", PolicyDocument=json.dumps(policy))
        return role["Arn"]

    def target_role(self, *policies: Document, account: str | None = None, service_account: str = "api") -> str:
        """Create the role `target` with the library's trust in the role `source`, and return its ARN."""
        ids = [external_id(REGION, self.account, self.cluster, self.namespace, service_account)]
        trust = target_trust(f"arn:aws:iam::{self.account}:role/source", ids)
        return self.role("target", trust, *policies, account=account)

    def source_role(self, target: str, **trust: Any) -> str:
        """Create the role `source` that may become *target*, and return its ARN."""
        return self.role("source", self.trust(**trust), source_permission(target))

    def retrust(self, role: str, trust: Document, account: str | None = None) -> None:
        """Change the trust policy of a role."""
        self.client("iam", account).update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))

    def bucket(self, name: str, *keys: str, account: str | None = None) -> str:
        """Create a bucket with objects and return its name, which is made unique."""
        s3 = self.client("s3", account)
        unique = f"{name}-{self.account}"
        s3.create_bucket(Bucket=unique, CreateBucketConfiguration={"LocationConstraint": REGION})
        for key in keys:
            s3.put_object(Bucket=unique, Key=key, Body=b"{}")
        return unique

    def associate(self, role_arn: str, service_account: str = "api", **more: Any) -> dict[str, Any]:
        """Create an association and return it."""
        if isinstance(more.get("policy"), Mapping):
            more["policy"] = json.dumps(more["policy"])
        return self.client("eks").create_pod_identity_association(
            **{"clusterName": self.cluster, "namespace": self.namespace, "serviceAccount": service_account}
            | {"roleArn": role_arn}
            | more
        )["association"]

    def pod(
        self, service_account: str = "api", *, namespace: str | None = None, name: str = "workload", **more: Any
    ) -> Pod:
        """Create a pod at once, even if the webhook does not know the association yet."""
        namespace = namespace or self.namespace
        ensure(self.api, namespace, service_account)
        return admit(self.api, namespace, name, service_account, **more)

    def injected_pod(self, service_account: str = "api", *, name: str = "workload", **more: Any) -> Pod:
        """Create a pod once dry runs show that the webhook knows the association."""
        ensure(self.api, self.namespace, service_account)
        wait_until(
            lambda: self.pod(service_account, name=name, dry_run=True).injection,
            "the webhook learns of the association",
        )
        return self.pod(service_account, name=name, **more)

    @contextmanager
    def on_node_of(self, cluster: str) -> Iterator[None]:
        """Run pods on a node of another cluster, whose agent asks for that cluster's associations."""
        here = self.agent
        with agent(self.auth, cluster, self.account) as self.agent:
            yield
        self.agent = here

    def variables(self, pod: Pod) -> dict[str, str]:
        """Return the environment of the container of *pod*, on a node of this case's cluster."""
        injection = pod.injection
        if injection is None:
            return {}
        self._runs += 1
        variables = mount(self.api, pod, injection, self.folder / f"root-{self._runs}")
        # On every node the one address leads to that node's own agent; here each agent has its own port.
        return variables | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.agent}/v1/credentials"}

    def run(
        self,
        pod: Pod,
        *actions: Action,
        without: Sequence[str] = (),
        sdk: Sdk = HURRIED,
        own: Mapping[str, str] | None = None,
    ) -> Run:
        """Run the workload of *pod*; *own* are variables of its container, *without* those it lacks."""
        variables = {
            key: value for key, value in (self.variables(pod) | dict(own or {})).items() if key not in without
        }
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return run(variables, self.aws, actions, home=home, sdk=sdk)

    def run_api(self, *actions: Action) -> Run:
        """Run the ServiceAccount `api`'s workload in a pod that was injected."""
        return self.run(self.injected_pod(), *actions)

    def events(self, pod: Pod) -> list[dict[str, Any]]:
        """Return the log lines of EKS Auth about *pod*."""
        return [json.loads(line) for line in self.auth_log.read_text().splitlines() if pod.uid in line]

    def last_refusal(self) -> dict[str, Any]:
        """Return the last refusal that EKS Auth logged, as CloudTrail would show it."""
        lines = [json.loads(line) for line in self.auth_log.read_text().splitlines() if '"refused"' in line]
        return lines[-1]
