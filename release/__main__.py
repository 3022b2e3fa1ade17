"""`python -m release [--tag vX.Y.Z]`: build the packages into dist/, and check them as a user gets them."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from release.packages import ROOT, build, problems_in_files, problems_in_metadata, problems_in_version
from release.trial import problems_in_use


def problems(wheel: Path, sdist: Path, tag: str | None, folder: Path) -> Iterator[str]:
    """Yield every problem of the built packages."""
    yield from problems_in_version(ROOT, wheel, tag)
    yield from problems_in_metadata(ROOT, wheel)
    yield from problems_in_files(ROOT, wheel, sdist)
    yield from problems_in_use(wheel, folder)


def main() -> int:
    """Return 1 if the packages have a problem."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    parser.add_argument("--tag", help="the tag of the release; must name the version of the code")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        folder = Path(name)
        wheel, sdist = build(ROOT, folder)
        faults = list(problems(wheel, sdist, args.tag or None, folder))
        for problem in faults:
            print(f"- {problem}")
        if faults:
            return 1
        shutil.rmtree(ROOT / "dist", ignore_errors=True)
        shutil.copytree(wheel.parent, ROOT / "dist", ignore=shutil.ignore_patterns(".gitignore"))
    print(f"dist/{wheel.name} and dist/{sdist.name} are ready to be published.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
