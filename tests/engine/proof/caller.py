"""A workload that keeps running: every second it reads an object with its pod's credentials and prints the result.

Arguments: bucket and key. Each line is the time of a call and the code of the refusal, or null.
"""

import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_SECONDS = 1.0


def main() -> None:
    """Read until the process is ended."""
    # With retries, so that a broken connection does not count as a refusal.
    s3 = boto3.Session().client("s3", config=Config(retries={"mode": "standard"}))
    while True:
        code = None
        try:
            s3.get_object(Bucket=sys.argv[1], Key=sys.argv[2])["Body"].read()
        except ClientError as error:
            code = error.response["Error"]["Code"]
        except BotoCoreError as failed:
            code = type(failed).__name__
        print(json.dumps([time.time(), code]), flush=True)  # noqa: T201 - the test reads it
        time.sleep(_SECONDS)


if __name__ == "__main__":
    main()
