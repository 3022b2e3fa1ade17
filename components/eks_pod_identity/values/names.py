"""Names of Kubernetes and AWS resources: which are valid, and which this library generates."""

import hashlib
import re
from collections.abc import Sequence

from eks_pod_identity.errors import RuleError, quote, type_name
from eks_pod_identity.values import limits

IRSA_ANNOTATION = "eks.amazonaws.com/role-arn"
"""The annotation of a ServiceAccount that gives its pods a role by IRSA."""

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_CLUSTER = re.compile(r"[0-9A-Za-z][A-Za-z0-9\-_]*")
_IAM_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)
_NOT_IAM_NAME = re.compile(r"[^\w+=,.@-]+", re.ASCII)
_ROLE_PATH = re.compile(r"/([!-~]+/)?")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}")
_ACCOUNT = re.compile(r"[0-9]{12}")

_HASH_LENGTH = 8


def namespace(value: object) -> str:
    """Check the name of a Kubernetes namespace: an RFC 1123 label of at most 63 characters."""
    return _kubernetes(value, _LABEL, limits.NAMESPACE, "a Kubernetes namespace", "letters, digits and '-'")


def service_account(value: object) -> str:
    """Check the name of a ServiceAccount: an RFC 1123 subdomain of at most 253 characters."""
    return _kubernetes(value, _SUBDOMAIN, limits.SERVICE_ACCOUNT, "a ServiceAccount", "letters, digits, '-' and '.'")


def cluster_name(value: object) -> str:
    """Check the name of an EKS cluster."""
    text = plain_text(value, "the name of an EKS cluster")
    if not _CLUSTER.fullmatch(text) or len(text) > limits.CLUSTER_NAME.value:
        raise RuleError(
            f"{quote(text)} is not a valid EKS cluster name: 1 to {limits.CLUSTER_NAME.value} letters, digits, "
            "hyphens and underscores, starting with a letter or digit.",
            "Use the name that `aws eks list-clusters` prints, not the ARN.",
        )
    return text


def role_name(value: object) -> str:
    """Check the name of an IAM role."""
    return _iam_name(
        value, limits.ROLE_NAME, "a valid IAM role name", "If the name includes a path, move the path to 'role_path'."
    )


def policy_name(value: object) -> str:
    """Check a key of `policies`, which is also the name of the inline policy in AWS."""
    return _iam_name(value, limits.POLICY_NAME, "a valid IAM policy name", "Choose a shorter or simpler key.")


def role_path(value: object) -> str:
    """Check the path of an IAM role."""
    text = plain_text(value, "an IAM path")
    if "*" in text or "?" in text or "arn:" in text:
        # In a condition on the role's ARN a wildcard would match other roles as well.
        raise RuleError(
            f"{quote(text)} is not a path for a role: it contains a wildcard or an ARN.",
            'Write it like "/workloads/".',
        )
    if not _ROLE_PATH.fullmatch(text) or len(text) > limits.ROLE_PATH.value:
        raise RuleError(
            f"{quote(text)} is not a valid IAM path: it must start and end with '/', contain no spaces and have at "
            f"most {limits.ROLE_PATH.value} characters.",
            'Write it like "/workloads/".',
        )
    return text


def role_description(value: object) -> str:
    """Check the description of an IAM role."""
    text = plain_text(value, "a description")
    if len(text) > limits.ROLE_DESCRIPTION.value or re.search(r"[^\t\n\r\x20-\x7e\xa1-\xff]", text):
        raise RuleError(
            f"A role description has at most {limits.ROLE_DESCRIPTION.value} Latin-1 characters.",
            "Shorten it, and replace typographic quotes, dashes and non-Latin scripts.",
        )
    return text


def region(value: object) -> str:
    """Check the name of an AWS region."""
    text = plain_text(value, "an AWS region")
    if not is_region(text):
        raise RuleError(f"{quote(text)} is not a valid AWS region.", 'Write it like "eu-west-1".')
    return text


def is_region(text: str) -> bool:
    """Return whether *text* has the form of a region's name."""
    return _REGION.fullmatch(text) is not None


def account_id(value: object) -> str:
    """Check an AWS account id: a string of twelve digits."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise RuleError(
            "An AWS account id is a string of twelve digits; as a number it loses leading zeros.",
            "Put it in quotes.",
        )
    text = plain_text(value, "an AWS account id")
    if not _ACCOUNT.fullmatch(text):
        raise RuleError(f"{quote(text)} is not a valid AWS account id (twelve digits).", "Remove spaces and hyphens.")
    return text


def default_role_name(component: str, *scope: str, unique: Sequence[str]) -> str:
    """Return a readable role name that is the same in every run.

    Role names are unique in an account, and one account may hold clusters of the same name in several regions, so the
    *scope* (cluster and region) is part of the name. It ends in a hash of *unique*, everything that identifies the
    role: joined only by hyphens, `api` on the cluster `prod-blue` and `api-prod` on `blue` would get the same name.
    """
    head = _NOT_IAM_NAME.sub("-", "-".join([component, *scope]))
    tail = hashlib.sha256("\0".join(unique).encode()).hexdigest()[:_HASH_LENGTH]
    return f"{head[: limits.ROLE_NAME.value - _HASH_LENGTH - 1].rstrip('-')}-{tail}"


def default_policy_name(role: str, key: str, path: str | None = None) -> str:
    """Return the name of a managed policy of *role*. Policy names are unique in an account.

    A policy that moves to another *path* gets another name, so it can be created before the old one is deleted.
    """
    tail = "" if path in (None, "/") else f"-{hashlib.sha256(path.encode()).hexdigest()[:_HASH_LENGTH]}"
    return _fit(f"{role}-{key}{tail}", limits.POLICY_NAME)


def plain_text(value: object, what: str) -> str:
    """Check that *value* is a string that is not empty and has no white space around it."""
    if not isinstance(value, str):
        fix = "Put the value in quotes." if isinstance(value, int | float) else "Give a single string."
        raise RuleError(f"Expected a string ({what}), got {type_name(value)}.", fix)
    if not value.strip():
        raise RuleError(f"Expected {what}, got an empty string.", "Set a value, or remove the key.")
    if value != value.strip():
        raise RuleError(f"{quote(value)} has leading or trailing white space ({what}).", "Remove it.")
    return value


def _kubernetes(value: object, pattern: re.Pattern[str], limit: limits.Limit, what: str, letters: str) -> str:
    text = plain_text(value, f"the name of {what}")
    if "*" in text or "?" in text:
        raise RuleError(
            f"{quote(text)} contains a wildcard. EKS matches the exact name of {what}, so the association would "
            "never apply.",
            "List each ServiceAccount in 'bindings'. For names that are not known in advance, run a controller that "
            "creates associations.",
        )
    if len(text) > limit.value:
        raise RuleError(
            f"{quote(text)} has {len(text)} characters; the name of {what} has at most {limit.value}.",
            "Use the name shown by `kubectl get`.",
        )
    if not pattern.fullmatch(text):
        raise RuleError(
            f"{quote(text)} is not a valid name of {what}: lower-case {letters}, starting and ending with a letter "
            "or digit (RFC 1123).",
            "Use the name shown by `kubectl get`.",
        )
    return text


def _iam_name(value: object, limit: limits.Limit, what: str, fix: str) -> str:
    text = plain_text(value, what)
    if not _IAM_NAME.fullmatch(text) or len(text) > limit.value:
        raise RuleError(
            f"{quote(text)} is not {what}: use 1 to {limit.value} letters, digits and + = , . @ _ - (this one has "
            f"{len(text)} characters).",
            fix,
        )
    return text


def _fit(name: str, limit: limits.Limit) -> str:
    clean = _NOT_IAM_NAME.sub("-", name)
    if clean == name and len(name) <= limit.value:
        return name
    tail = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{clean[: limit.value - _HASH_LENGTH - 1].rstrip('-')}-{tail}"
