"""A provider's access to AWS: its clients, its account, and the waits and retries around calls.

botocore is imported with the first call, so that a preview that makes no call does not pay for it.
"""

import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.aws_plugin.errors import PluginError, code, is_aws_error, message
from sandbox.aws_plugin.settings import Settings

if TYPE_CHECKING:
    from botocore.session import Session

T = TypeVar("T")

RETRY_SECONDS = 10.0
"""The official provider retries for two minutes; the emulator never needs that long."""
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)


def partition_of(region: str) -> str:
    """Return the partition a region belongs to."""
    return next((name for prefix, name in _PARTITIONS if region.startswith(prefix)), "aws")


class Aws:
    """The clients of one configured provider. Safe to use from several threads."""

    def __init__(self, settings: Settings, *, retry_seconds: float = RETRY_SECONDS) -> None:
        """Store the settings; *retry_seconds* limits how long a call is retried while IAM catches up."""
        self.settings = settings
        self.cancelled = threading.Event()
        self.retry_seconds = retry_seconds
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.RLock()

    @property
    def region(self) -> str:
        """Return the provider's region."""
        return self.settings.region

    @property
    def partition(self) -> str:
        """Return the partition of the provider's region."""
        return partition_of(self.region)

    @cached_property
    def identity(self) -> dict[str, str]:
        """Return the caller identity of the provider's credentials (Account, Arn and UserId), requested once."""
        with self._lock:
            answer = self.call("retrieving AWS account details", lambda: self.client("sts").get_caller_identity())
            return {key: answer[key] for key in ("Account", "Arn", "UserId")}

    def check_account(self) -> None:
        """Reject an account that the configuration does not allow, before any change is made in it."""
        settings = self.settings
        if not settings.allowed_accounts and not settings.forbidden_accounts:
            return
        account = self.identity["Account"]
        if account in settings.forbidden_accounts or (
            settings.allowed_accounts and account not in settings.allowed_accounts
        ):
            raise PluginError(f"AWS account ID not allowed: {account}")

    def iam(self) -> Any:
        """Return the client of IAM."""
        return self.client("iam")

    def eks(self, values: dict[str, Any]) -> Any:
        """Return the client of EKS in the region of a resource."""
        return self.client("eks", values.get("region"))

    def s3(self, values: dict[str, Any]) -> Any:
        """Return the client of S3 in the region of a resource."""
        return self.client("s3", values.get("region"))

    def client(self, service: str, region: str | None = None) -> Any:
        """Return the client of a service in a region, creating it on first use."""
        key = (service, region or self.region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make_client(*key)
            return self._clients[key]

    def call(self, action: str, operation: Callable[[], T], *, retry: Callable[[Exception], bool] | None = None) -> T:
        """Run one operation; *action* begins its error message, as in "creating IAM Role (api)".

        Retry an error for which *retry* returns true, for `retry_seconds` from the first such error on: the first call
        of a process also imports botocore and makes its client.

        Raises:
            PluginError: If the operation fails.
        """
        deadline = None
        pause = 0.1
        while True:
            try:
                return operation()
            except Exception as error:  # botocore generates its error classes at run time
                if not is_aws_error(error):
                    raise
                now = time.monotonic()
                deadline = deadline or now + self.retry_seconds
                if retry is None or not retry(error) or now + pause > deadline:
                    raise PluginError(f"{action}: {message(error)}") from error
            if self.cancelled.wait(pause):
                raise PluginError(f"{action}: the operation was cancelled")
            pause = min(pause * 2, 2.0)

    def wait(self, action: str, done: Callable[[], bool], *, seconds: float = 600.0) -> None:
        """Call *done* until it returns true.

        Raises:
            PluginError: If it does not return true in time.
        """
        if not self.poll(action, done, seconds=seconds):
            raise PluginError(f"{action}: timeout after {seconds:.0f} s")

    def poll(self, action: str, done: Callable[[], bool], *, seconds: float) -> bool:
        """Call *done* at growing intervals until it returns true; return whether it did so in time."""
        deadline = time.monotonic() + seconds
        pause = 0.05
        while not self.call(action, done):
            if time.monotonic() + pause > deadline:
                return False
            if self.cancelled.wait(pause):
                raise PluginError(f"{action}: the operation was cancelled")
            pause = min(pause * 1.5, 2.0)
        return True

    @cached_property
    def _session(self) -> "Session":
        import botocore.session  # noqa: PLC0415 - half a second and 25 MB that a preview rarely needs

        settings = self.settings
        session = botocore.session.Session(profile=settings.profile)
        if settings.config_file:
            session.set_config_variable("config_file", settings.config_file)
        if settings.credentials_file:
            session.set_config_variable("credentials_file", settings.credentials_file)
        if settings.access_key:
            session.set_credentials(settings.access_key, settings.secret_key or "", settings.token)
        if settings.assume_roles:
            from sandbox.aws_plugin.assumed_role import assume  # noqa: PLC0415 - imports botocore

            assume(session, settings)
        return session

    def _make_client(self, service: str, region: str) -> Any:
        from botocore.config import Config  # noqa: PLC0415 - see _session

        settings = self.settings
        return self._session.create_client(
            service,
            region_name=region,
            endpoint_url=settings.endpoints.get(service),
            config=Config(
                retries={"mode": "standard", "max_attempts": settings.max_retries},
                max_pool_connections=64,
                connect_timeout=10,
                s3={"addressing_style": "path"} if settings.path_style else None,
            ),
        )


def is_missing_role(error: Exception) -> bool:
    """Return whether EKS does not see a role yet that was just created."""
    return code(error) == "InvalidParameterException" and "Role provided in the request does not exist" in message(
        error
    )


def is_missing_principal(error: Exception) -> bool:
    """Return whether IAM does not see a principal yet that a trust policy names."""
    return code(error) == "MalformedPolicyDocument" and "Invalid principal in policy" in message(error)


def is_concurrent_modification(error: Exception) -> bool:
    """Return whether IAM rejects a change because another change to the same resource is in progress."""
    return code(error) == "ConcurrentModification"
