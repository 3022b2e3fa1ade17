"""Run one Pulumi program in this process: `python execute.py SETTINGS`, configuration in the environment.

A file, not a module of the package: the program's own folder must come first on the path, and nothing of ours.
"""

import asyncio
import json
import logging
import runpy
import signal
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
import pulumi.runtime

_ERROR_SHOWN = 32


def main(settings: "dict[str, object]") -> int:
    """Run the program and return the exit status for the host."""
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    program = Path(str(settings.pop("program")))
    arguments = settings.pop("arguments")
    parallel = max(int(str(settings["parallel"])), 1)
    pulumi.runtime.configure(pulumi.runtime.Settings(**settings))  # type: ignore[arg-type]  # one dict of the settings' own names
    sys.argv = [str(program), *map(str, arguments)]  # type: ignore[call-overload]  # a list by construction
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(max_workers=parallel * 4))
    # A program that fails leaves awaitables that are never awaited. A warning about them would hide the real error.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    def run() -> None:
        runpy.run_path(str(program), run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except Exception as error:  # noqa: BLE001 - whatever a program raises is shown to its author
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_user_traceback(error, program)}")
    else:
        return 0
    return _ERROR_SHOWN


def _user_traceback(error: Exception, program: Path) -> str:
    """Format *error* from the first frame of the program on, without this file and the SDK."""
    frames = traceback.extract_tb(error.__traceback__)
    folder = program.resolve()
    own = next((i for i, frame in enumerate(frames) if Path(frame.filename).is_relative_to(folder)), 0)
    return "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=own - len(frames)))


if __name__ == "__main__":
    # The engine interrupts the host's whole process group when a run has failed: end at once, not with a traceback
    # of this file among the messages.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.path.pop(0)  # this file's own folder
    status = main(json.loads(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(status)
