"""The real Pod Identity webhook, with its own certificate, registered at the API server as on EKS."""

import base64
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.eks.api_server import ApiServer
from sandbox.processes import Child, free_port, listens

NAME = "pod-identity-webhook"


def start_webhook(
    directory: Path,
    binary: Path,
    *,
    kubernetes: str,
    token: str,
    kubeconfig: Path,
    region: str,
    feed: Path,
    credentials_uri: str | None,
    name: str = NAME,
    namespace: str | None = None,
) -> Child:
    """Start the webhook and register it for the creation of pods.

    Args:
        directory: Where its certificate and log go.
        binary: The built webhook.
        kubernetes: The API server's URL.
        token: A token that may register webhooks.
        kubeconfig: What the webhook reads ServiceAccounts with.
        region: Injected as ``AWS_REGION`` and ``AWS_DEFAULT_REGION``.
        feed: The list of ServiceAccounts to inject for.
        credentials_uri: The agent's address to inject. None: the webhook's default, 169.254.170.23.
        name: Name of its registration. The API server calls several in the order of their names.
        namespace: Call it for pods of this namespace only.
    """
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    certificate, key = _certificate(directory)
    address = [] if credentials_uri is None else [f"--container-credentials-full-uri={credentials_uri}"]
    child = Child(
        name,
        [
            str(binary),
            "--in-cluster=false",
            f"--kubeconfig={kubeconfig}",
            f"--kube-api={kubernetes}",
            f"--tls-cert={certificate}",
            f"--tls-key={key}",
            f"--port={port}",
            f"--metrics-port={free_port()}",
            f"--aws-default-region={region}",
            f"--watch-container-credentials-config={feed}",
            "--sts-regional-endpoint=true",
            *address,
        ],
        directory / f"{name}.log",
    ).start()
    child.wait_until(lambda: listens(port))
    register(
        ApiServer(kubernetes, token),
        f"https://127.0.0.1:{port}/mutate",
        certificate.read_bytes(),
        name=name,
        namespace=namespace,
    )
    return child


def register(api: ApiServer, url: str, authority: bytes, *, name: str = NAME, namespace: str | None = None) -> None:
    """Register *url* as the API server's webhook for pods.

    Its failures are ignored, as on EKS: the pod then starts without variables.
    """
    path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
    selector = {} if namespace is None else {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    configuration = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [
            {
                "name": "iam-for-pods.amazonaws.com",
                "admissionReviewVersions": ["v1beta1"],
                "clientConfig": {"url": url, "caBundle": base64.b64encode(authority).decode()},
                "failurePolicy": "Ignore",
                "reinvocationPolicy": "IfNeeded",
                "sideEffects": "None",
                "namespaceSelector": selector,
                "timeoutSeconds": 10,
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
            }
        ],
    }
    # Applying replaces an old registration when the webhook starts again.
    api.apply(f"{path}/{name}", configuration)


def _certificate(directory: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = directory / "tls.crt", directory / "tls.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file
