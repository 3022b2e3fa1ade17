"""The credentials of the control plane: certificates, a key for ServiceAccount tokens, a token for administrators."""

import base64
import datetime as dt
import ipaddress
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID_DAYS = 30
_SERVER, _CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH


@dataclass(frozen=True)
class Credentials:
    """Files in a folder that only its owner can read, recreated at each start except for the token key."""

    folder: Path
    token: str = field(repr=False)

    @property
    def authority(self) -> Path:
        """Return the certificate that clients trust."""
        return self.folder / "authority.crt"

    @property
    def serving_certificate(self) -> Path:
        """Return the certificate of the API server, for 127.0.0.1 and localhost."""
        return self.folder / "serving.crt"

    @property
    def serving_key(self) -> Path:
        """Return the private key of the API server."""
        return self.folder / "serving.key"

    @property
    def store_certificate(self) -> Path:
        """Return the certificate of etcd, for its clients and for itself as a peer."""
        return self.folder / "etcd.crt"

    @property
    def store_key(self) -> Path:
        """Return the private key of etcd."""
        return self.folder / "etcd.key"

    @property
    def store_client_certificate(self) -> Path:
        """Return the certificate that the API server shows to etcd."""
        return self.folder / "etcd-client.crt"

    @property
    def store_client_key(self) -> Path:
        """Return the private key that the API server uses for etcd."""
        return self.folder / "etcd-client.key"

    @property
    def service_account_key(self) -> Path:
        """Return the private key that ServiceAccount tokens are signed with; RSA, as on EKS."""
        return self.folder / "service-accounts.key"

    @property
    def tokens(self) -> Path:
        """Return the static tokens that the API server accepts."""
        return self.folder / "tokens.csv"


def make_credentials(folder: Path) -> Credentials:
    """Write the credentials of one start into *folder*."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    credentials = Credentials(folder, secrets.token_urlsafe(32))
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key)
    _write(credentials.authority, authority.public_bytes(serialization.Encoding.PEM))
    for common, uses, certificate, key in (
        ("kube-apiserver", [_SERVER], credentials.serving_certificate, credentials.serving_key),
        ("etcd", [_SERVER, _CLIENT], credentials.store_certificate, credentials.store_key),
        ("kube-apiserver", [_CLIENT], credentials.store_client_certificate, credentials.store_client_key),
    ):
        private = ec.generate_private_key(ec.SECP256R1())
        issued = _issue(common, uses, private, authority, authority_key)
        _write(certificate, issued.public_bytes(serialization.Encoding.PEM))
        _write(key, _pem(private))
    if not credentials.service_account_key.exists():  # tokens of an earlier start stay verifiable
        _write(credentials.service_account_key, _pem(rsa.generate_private_key(65537, 2048)))
    _write(credentials.tokens, f'{credentials.token},admin,admin,"system:masters"\n'.encode())
    return credentials


def write_kubeconfig(path: Path, server: str, credentials: Credentials) -> Path:
    """Write a kubeconfig that stands alone: an administrator of *server*, with the authority to trust inside."""
    certificate = credentials.authority.read_bytes()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "sandbox", "cluster": {"server": server, "certificate-authority-data": _base64(certificate)}}
        ],
        "users": [{"name": "admin", "user": {"token": credentials.token}}],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": "admin"}}],
        "current-context": "sandbox",
    }
    _write(path, json.dumps(document, indent=1).encode())  # JSON is YAML
    return path


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("sandbox authority")
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _certificate(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _issue(
    common: str,
    uses: list[x509.ObjectIdentifier],
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")])
    return (
        _certificate(_name(common), authority.subject, key)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        # Python 3.13 refuses a chain whose links do not name their keys.
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
