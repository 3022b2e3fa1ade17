"""An association as EKS knows it when it calls STS, and the sessions it gets.

Each part may be known or open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from eks_pod_identity.iam.possible import Open, Text, Value, Variable, text_of
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown

_LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_SUBDOMAIN = r"(?=.{1,253}(?![-.a-z0-9]))[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789-"
_NAMES = _LOWER + _LOWER.upper() + "_"

PARTITION = Variable("partition", "aws[a-z-]*", _LOWER, "aws", "aws-cn")
REGION = Variable("region", r"[a-z]{2,}(?:-[a-z]+)+-\d{1,2}", _LOWER, "eu-other-9", "us-west-2")
ACCOUNT = Variable("account", r"\d{12}", "0123456789", "999999999999", "000000000001", 12)
CLUSTER = Variable("cluster", "[0-9A-Za-z][A-Za-z0-9_-]{0,99}", _NAMES, "another-cluster", "X1")
NAMESPACE = Variable("namespace", _LABEL, _LOWER, "another-namespace", "x1")
SERVICE_ACCOUNT = Variable("service account", _SUBDOMAIN, _LOWER + ".", "another-service-account", "x1")
POD = Variable("pod name", _SUBDOMAIN, _LOWER + ".", "another-pod", "x1")
POD_UID = Variable(
    "pod uid",
    "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "0123456789abcdef-",
    "00000000-0000-4000-8000-000000000000",
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
)
ORGANIZATION = Variable("organization", "o-[a-z0-9]{10,32}", _LOWER, "o-anotherorgid", "o-0000000000")
ROLE = Variable("role", r"[!-~]+", _NAMES + "+=,.@/", "another-role", "x/1")
ROLE_NAME = Variable("role name", r"[\w+=,.@-]+", _NAMES + "+=,.@", "another-role", "x1")
SESSION_NAME = Variable("role session name", r"[\w+=,.@-]{1,60}", _NAMES + "+=,.@")
ADDRESS = Variable("aws:SourceIp", "[0-9a-f.:]+", "0123456789abcdef.:", "198.51.100.7", "2001:db8::7")


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request: a service, or a session of a role."""

    service: str = ""
    role_arn: Text = ""
    session_arn: Text = ""
    account: Text = ""


@dataclass(frozen=True, slots=True)
class Association:
    """What is known about an association when EKS calls STS. UNKNOWN, the default, means any value."""

    cluster_name: str | Unknown = UNKNOWN
    namespace: str | Unknown = UNKNOWN
    service_account: str | Unknown = UNKNOWN
    region: str | Unknown = UNKNOWN
    account: str | Unknown = UNKNOWN
    partition: str | Unknown = UNKNOWN
    session_tags: bool | Unknown = True
    pod_name: str | Unknown = UNKNOWN
    pod_uid: str | Unknown = UNKNOWN

    @property
    def cluster_arn(self) -> Text:
        """Return the ARN of the cluster."""
        return text_of(
            "arn:",
            value_or_variable(self.partition, PARTITION),
            ":eks:",
            value_or_variable(self.region, REGION),
            ":",
            value_or_variable(self.account, ACCOUNT),
            ":cluster/",
            value_or_variable(self.cluster_name, CLUSTER),
        )

    @property
    def external_id(self) -> Text:
        """Return the external id that EKS sends to a target role."""
        return text_of(
            value_or_variable(self.region, REGION),
            "/",
            value_or_variable(self.account, ACCOUNT),
            "/",
            value_or_variable(self.cluster_name, CLUSTER),
            "/",
            value_or_variable(self.namespace, NAMESPACE),
            "/",
            value_or_variable(self.service_account, SERVICE_ACCOUNT),
        )

    def tags(self) -> dict[str, Value]:
        """Return the session tags, or none while session tags are off."""
        if self.session_tags is False:
            return {}
        tags: dict[str, Value] = {
            "eks-cluster-arn": self.cluster_arn,
            "eks-cluster-name": text_of(value_or_variable(self.cluster_name, CLUSTER)),
            "kubernetes-namespace": text_of(value_or_variable(self.namespace, NAMESPACE)),
            "kubernetes-pod-name": text_of(value_or_variable(self.pod_name, POD)),
            "kubernetes-pod-uid": text_of(value_or_variable(self.pod_uid, POD_UID)),
            "kubernetes-service-account": text_of(value_or_variable(self.service_account, SERVICE_ACCOUNT)),
        }
        if self.session_tags is UNKNOWN:
            return {key: _make_optional(value) for key, value in tags.items()}
        return tags


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a role: the ARN of the role, and the tags of the role and of the session.

    Attributes:
        role_arn: The role, path included.
        tags: Tags of the session.
        role_tags: Tags of the role, or UNKNOWN. A session tag overrides a role tag.
        organization: The organization of the account; absent if it is in none.
        name: The name of the session; EKS begins each with `eks-`.
    """

    role_arn: str | Unknown
    tags: Mapping[str, Value] = field(default_factory=dict[str, Value])
    role_tags: Mapping[str, str] | Unknown = UNKNOWN
    organization: str | Unknown = UNKNOWN
    name: str | Unknown = UNKNOWN

    @property
    def caller(self) -> Caller:
        """Return the session as a caller."""
        if isinstance(self.role_arn, str):
            parts = self.role_arn.split(":", 5)
            if len(parts) == 6:  # noqa: PLR2004 - an ARN
                name = parts[5].rpartition("/")[2]
                session = text_of(f"arn:{parts[1]}:sts::{parts[4]}:assumed-role/{name}/", *self._session_name)
                return Caller(role_arn=self.role_arn, session_arn=session, account=parts[4])
            return Caller(role_arn=self.role_arn, session_arn=text_of(Variable("session")), account=text_of(ACCOUNT))
        role = text_of("arn:", PARTITION, ":iam::", ACCOUNT, ":role/", ROLE)
        session = text_of("arn:", PARTITION, ":sts::", ACCOUNT, ":assumed-role/", ROLE_NAME, "/", *self._session_name)
        return Caller(role_arn=role, session_arn=session, account=text_of(ACCOUNT))

    @property
    def _session_name(self) -> tuple[str | Variable, ...]:
        return (self.name,) if isinstance(self.name, str) else ("eks-", SESSION_NAME)


def _make_optional(value: Value) -> Value:
    if isinstance(value, str):
        # If it is sent, its value is known: a variable that can only be this text.
        return Open((value,), may_be_absent=True)
    return replace(value, may_be_absent=True) if isinstance(value, Open) else value


def value_or_variable(value: str | Unknown, variable: Variable) -> str | Variable:
    """Return a part if it is known, otherwise the variable that represents it."""
    return value if isinstance(value, str) else variable
