"""Start MiniStack with the corrections: `python -m sandbox.aws.emulator`, with the emulator's interpreter."""

import sys

from sandbox.aws.emulator.corrections import apply_all
from sandbox.aws.emulator.patching import CorrectionError

if __name__ == "__main__":
    try:
        apply_all()
    except CorrectionError as error:
        sys.exit(str(error))
    from ministack.app import main  # pyright: ignore[reportMissingImports] - lives in the emulator's environment

    main()
