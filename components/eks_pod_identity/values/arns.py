"""ARNs of clusters, roles, policies and OIDC providers, in any partition."""

import re
from dataclasses import dataclass

from eks_pod_identity.errors import RuleError, quote
from eks_pod_identity.values import names

_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z0-9-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[a-z0-9]*):(?P<resource>\S+)"
)

PARTITIONS = frozenset({"aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov"})
"""The partitions of AWS (botocore, partitions.json)."""

SERVICE_PRINCIPAL = "pods.eks.amazonaws.com"
"""The service principal is the same in every partition, without a suffix in China."""


_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc"), ("us-iso", ""), ("eu-iso", ""))
_SUFFIXES = {"aws": "com", "aws-cn": "com.cn", "aws-eusc": "eu", "aws-us-gov": "com"}
"""The end of the host of an issuer, by partition."""

_ISSUER = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(/[A-Za-z0-9._~-]+)*")
_AWS_HOST = re.compile(r"^[^/]*(amazonaws|api\.aws)")
_EKS_ISSUER = re.compile(
    r"(oidc\.eks\.(?P<region>[a-z0-9-]+)\.amazonaws\.(?P<suffix>com|com\.cn|eu)"
    r"|oidc-eks\.(?P<dual_stack_region>[a-z0-9-]+)\.api\.(aws|amazonwebservices\.com\.cn|amazonwebservices\.eu))"
    r"/id/[A-Z0-9]+"
)


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        """Return the ARN as AWS writes it."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def parse(text: str) -> Arn:
    """Split an ARN into its parts.

    Raises:
        RuleError: If *text* is not an ARN.
    """
    match = _ARN.fullmatch(text)
    if match is None:
        raise RuleError(f"{quote(text)} is not an ARN.", "Write it like arn:aws:iam::111122223333:role/name.")
    return Arn(**match.groupdict())


def cluster(partition: str, region: str, account: str, name: str) -> str:
    """Return the ARN of an EKS cluster."""
    return f"arn:{partition}:eks:{region}:{account}:cluster/{name}"


def role(partition: str, account: str, name: str, path: str = "/") -> str:
    """Return the ARN of an IAM role."""
    return f"arn:{partition}:iam::{account}:role{path}{name}"


def account_root(partition: str, account: str) -> str:
    """Return the principal that represents every identity of an account."""
    return f"arn:{partition}:iam::{account}:root"


def account_of(arn: str) -> str:
    """Return the account of an ARN."""
    return parse(arn).account


def role_name_of(role_arn: str) -> str:
    """Return the name of a role, without its path."""
    return role_arn.rsplit("/", 1)[-1]


def role_arn(value: object) -> str:
    """Check the ARN of an IAM role."""
    arn = _iam(value, "role/", "an IAM role", "arn:aws:iam::111122223333:role/name")
    names.account_id(arn.account)
    path, _, name = arn.resource.removeprefix("role").rpartition("/")
    names.role_path(f"{path}/")
    names.role_name(name)
    return str(arn)


def managed_policy_arn(value: object) -> str:
    """Check the ARN of a managed policy, AWS managed or customer managed."""
    arn = _iam(value, "policy/", "a managed policy", "arn:aws:iam::aws:policy/ReadOnlyAccess")
    if arn.account != "aws":
        names.account_id(arn.account)
    path, _, name = arn.resource.removeprefix("policy").rpartition("/")
    names.role_path(f"{path}/")
    names.policy_name(name)
    return str(arn)


def oidc_provider_arn(value: object) -> str:
    """Check the ARN of an IAM OIDC provider."""
    example = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
    arn = _iam(value, "oidc-provider/", "an IAM OIDC provider", example)
    names.account_id(arn.account)
    issuer = arn.resource.removeprefix("oidc-provider/")
    if not _ISSUER.fullmatch(issuer) or (_AWS_HOST.search(issuer) and not _is_eks_issuer(issuer)):
        raise RuleError(
            f"{quote(issuer)} is not the issuer of an EKS cluster.",
            "Use the host and path that `aws eks describe-cluster --query cluster.identity.oidc.issuer` prints, "
            f"without https://, as in {example}.",
        )
    return str(arn)


def _is_eks_issuer(issuer: str) -> bool:
    match = _EKS_ISSUER.fullmatch(issuer)
    region = region_of_issuer(issuer)
    if match is None or not names.is_region(region):
        return False
    return match["suffix"] is None or match["suffix"] == _SUFFIXES.get(partition_of(region), match["suffix"])


def region_of_issuer(issuer: str) -> str:
    """Return the region of the cluster with this issuer, or an empty text for the issuer of something else."""
    match = _EKS_ISSUER.fullmatch(issuer)
    return (match["region"] or match["dual_stack_region"]) if match is not None else ""


def partition_of(region: str | None) -> str:
    """Return the partition of a region, or an empty text if the region or its partition is not known."""
    if not region:
        return ""
    return next((partition for prefix, partition in _PARTITIONS if region.startswith(prefix)), "aws")


def partition(value: object) -> str:
    """Check the name of a partition."""
    text = names.plain_text(value, "an AWS partition")
    if text not in PARTITIONS:
        raise RuleError(f"{quote(text)} is not an AWS partition.", 'Write "aws", "aws-cn" or "aws-us-gov".')
    return text


def _iam(value: object, prefix: str, what: str, example: str) -> Arn:
    text = names.plain_text(value, f"the ARN of {what}")
    match = _ARN.fullmatch(text)
    fix = f"Write it like {example}."
    if match is None:
        raise RuleError(f"{quote(text)} is not the ARN of {what}.", fix)
    arn = Arn(**match.groupdict())
    partition(arn.partition)
    if arn.service != "iam" or arn.region or not arn.resource.startswith(prefix) or arn.resource == prefix:
        raise RuleError(f"{quote(text)} is an ARN, but not the ARN of {what}.", fix)
    if "*" in text or "?" in text:
        raise RuleError(f"{quote(text)} contains a wildcard; the ARN of {what} must be exact.", fix)
    if "arn:" in arn.resource:
        raise RuleError(f"{quote(text)} is an ARN that contains another one.", fix)
    return arn
