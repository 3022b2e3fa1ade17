"""Writes the list of ServiceAccounts that the webhook injects for, as EKS does from the associations.

It polls the emulator and replaces the webhook's file whenever the list changes. An association enters the list
``delaySeconds`` after it was first seen, because associations are eventually consistent. The configuration is read in
each turn, so that a running sandbox can be slowed down, or follow another account.

Run as ``python -m sandbox.eks.feed CONFIGURATION``.
"""

import functools
import json
import random
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.eks.clients import client
from sandbox.eks.serving import log

_POLL_SECONDS = 0.25


class Feed:
    """The known associations, and when each was first seen."""

    def __init__(self) -> None:
        self._first_seen: dict[tuple[str, str], float] = {}

    def identities(
        self, existing: Iterable[tuple[str, str]], *, now: float, delay: float, seed: int | None = None
    ) -> list[dict[str, str]]:
        """Return the webhook's list: each (namespace, service account) of *existing* that is old enough.

        With a *seed*, each has its own delay of up to *delay*, the same for the same seed.
        """
        current = set(existing)
        self._first_seen = {key: self._first_seen.get(key, now) for key in current}
        visible = sorted(
            key
            for key, seen in self._first_seen.items()
            if now - seen >= delay * (1 if seed is None else _share(seed, key))
        )
        return [{"namespace": namespace, "serviceAccount": account} for namespace, account in visible]


def _share(seed: int, key: tuple[str, str]) -> float:
    return random.Random(f"{seed}/{key[0]}/{key[1]}").random()  # noqa: S311 - a repeatable delay, no secret


def list_service_accounts(eks: Any) -> set[tuple[str, str]]:
    """Return (namespace, service account) of every association of every cluster of one account."""
    bound: set[tuple[str, str]] = set()
    for clusters in eks.get_paginator("list_clusters").paginate():
        for cluster in clusters["clusters"]:
            for page in eks.get_paginator("list_pod_identity_associations").paginate(clusterName=cluster):
                bound |= {
                    (association["namespace"], association["serviceAccount"]) for association in page["associations"]
                }
    return bound


def write(path: Path, identities: list[dict[str, str]]) -> None:
    """Replace the webhook's file in one step, so that it never reads half a list."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({"identities": identities}))
    draft.replace(path)


def main(configuration: Path) -> None:
    """Write the file until ended; *configuration* has endpoint, accounts, region, file and delaySeconds."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    settings = json.loads(configuration.read_text())

    @functools.cache
    def eks(account: str) -> Any:
        return client("eks", settings["endpoint"], region=settings["region"], key_id=account, attempts=1)

    feed, path, written = Feed(), Path(settings["file"]), None
    while True:
        started = time.monotonic()
        settings = json.loads(configuration.read_text())
        try:
            bound = set[tuple[str, str]]().union(
                *(list_service_accounts(eks(account)) for account in settings["accounts"])
            )
            # Again, so that a delay applies to every association that was created after the delay was set.
            settings = json.loads(configuration.read_text())
            delay, seed = float(settings["delaySeconds"]), settings.get("seed")
            now = feed.identities(bound, now=started, delay=delay, seed=seed)
        except (ClientError, BotoCoreError) as failed:
            log("not read", reason=str(failed))
        else:
            if now != written:
                write(path, now)
                written = now
                log("written", identities=len(now))
        # A poll of thousands of associations takes long. Leave the emulator three quarters of its time.
        time.sleep(max(_POLL_SECONDS, 3 * (time.monotonic() - started)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
