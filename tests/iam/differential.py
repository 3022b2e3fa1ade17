"""What the differential tests share: the emulator, operators, and policies that both evaluators accept."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from eks_pod_identity.iam.document import Document, parse
from sandbox.aws import Aws, start_aws
from tests.sandbox.aws.emulated_aws import SERVICE, Chain

SEED = 20261128
STRING = (
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
)
SETS = ("ForAllValues:", "ForAnyValue:")
SUFFIXES = ("", "", "IfExists")
BOTH = ["sts:AssumeRole", "sts:TagSession"]
EVERYONE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": SERVICE, "Action": BOTH}]}


def run_chain(folder: Path) -> Iterator[Chain]:
    """Yield a client that creates roles and sessions in its own emulator."""
    numbers = itertools.count(1)
    running: Aws = start_aws(folder)
    yield Chain(running, lambda stem: f"{stem}-{next(numbers)}")
    running.stop()


def is_allowed(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException", "403")
    return True


def policy_arn(iam: Any, name: str, source: dict[str, Any]) -> str:
    return iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(source))["Policy"]["Arn"]


def parse_optional(source: dict[str, Any] | None) -> Document | None:
    return parse(source) if source else None
