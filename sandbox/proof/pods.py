"""Creates real pods on the real API server, and obtains their token as a kubelet does."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.eks.api_server import ApiServer, ApiServerError

_CONTAINER = "workload"
_FORBIDDEN, _CONFLICT, _NOT_FOUND = 403, 409, 404


@dataclass(frozen=True)
class Injection:
    """The environment and the volume that the webhook injected into a container."""

    environment: Mapping[str, str]
    volume: Mapping[str, Any]
    mount: Mapping[str, Any]

    @property
    def projection(self) -> Mapping[str, Any]:
        """Return the token that the volume projects."""
        return self.volume["projected"]["sources"][0]["serviceAccountToken"]

    @property
    def lifetime_seconds(self) -> int:
        """Return the lifetime asked for the token."""
        return int(self.projection["expirationSeconds"])


@dataclass(frozen=True)
class Pod:
    """An admitted pod. It stays pending, since the sandbox has no nodes."""

    namespace: str
    name: str
    uid: str
    service_account: str
    manifest: Mapping[str, Any]
    admission_seconds: float

    @property
    def injection(self) -> Injection | None:
        """Return what the webhook injected, or None."""
        return read_injection(self.manifest)


def read_injection(manifest: Mapping[str, Any]) -> Injection | None:
    """Return what the webhook injected into the first container of a pod, or None."""
    container = manifest["spec"]["containers"][0]
    environment = {item["name"]: item.get("value", "") for item in container.get("env", [])}
    file = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if file is None or "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in environment:
        return None
    mount = next(item for item in container["volumeMounts"] if file.startswith(item["mountPath"]))
    volume = next(item for item in manifest["spec"]["volumes"] if item["name"] == mount["name"])
    return Injection(environment, volume, mount)


def admit(
    api: ApiServer,
    namespace: str,
    name: str,
    service_account: str,
    *,
    dry_run: bool = False,
    annotations: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
) -> Pod:
    """Create a pod and return it as admitted.

    Args:
        api: The API server.
        namespace: Must exist.
        name: The pod's name.
        service_account: Must exist there. Admission knows a new one only after a moment; this waits for it.
        dry_run: Go through admission without creating anything.
        annotations: The pod's.
        env: Variables that the manifest sets.
    """
    manifest: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "annotations": dict(annotations or {})},
        "spec": {
            "serviceAccountName": service_account,
            "containers": [
                {
                    "name": _CONTAINER,
                    "image": "workload:1",
                    "env": [{"name": key, "value": value} for key, value in (env or {}).items()],
                }
            ],
        },
    }
    path = f"/api/v1/namespaces/{namespace}/pods" + ("?dryRun=All" if dry_run else "")
    deadline = time.monotonic() + 5
    while True:
        began = time.perf_counter()
        try:
            created = api.create(path, manifest)
        except ApiServerError as error:
            if error.status != _FORBIDDEN or "service account" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            seconds = time.perf_counter() - began
            return Pod(namespace, name, created["metadata"]["uid"], service_account, created, seconds)


def remove(api: ApiServer, pod: Pod) -> None:
    """Delete the pod."""
    api.delete(f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}")


def mount(api: ApiServer, pod: Pod, injection: Injection, root: Path) -> dict[str, str]:
    """Prepare the container of *pod* as a kubelet does before it starts one, with *root* as its root folder.

    It requests a token bound to the pod, with the audience and lifetime of the projection, and writes it to the
    projected path with the mode of the volume.

    Returns:
        The variables of the container; the token file's path is the one under *root*.
    """
    projection = injection.projection
    answer = api.create(
        f"/api/v1/namespaces/{pod.namespace}/serviceaccounts/{pod.service_account}/token",
        {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {
                "audiences": [projection["audience"]],
                "expirationSeconds": projection["expirationSeconds"],
                "boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": pod.name, "uid": pod.uid},
            },
        },
    )
    file = root / injection.mount["mountPath"].strip("/") / projection["path"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(answer["status"]["token"])
    file.chmod(injection.volume["projected"]["defaultMode"])
    variables = dict(injection.environment)
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = str(
        root / injection.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"].strip("/")
    )
    return variables


def ensure(api: ApiServer, namespace: str, service_account: str) -> list[str]:
    """Create the namespace and the ServiceAccount if they are missing, and return the paths of what was created."""
    created: list[str] = []
    for collection, name, kind in (
        ("/api/v1/namespaces", namespace, "Namespace"),
        (f"/api/v1/namespaces/{namespace}/serviceaccounts", service_account, "ServiceAccount"),
    ):
        try:
            api.get(f"{collection}/{name}")
        except ApiServerError as error:
            if error.status != _NOT_FOUND:
                raise
            api.create(collection, {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}})
            created.append(f"{collection}/{name}")
    return created
