"""The built packages: built from tracked files only, complete, and with the metadata of the project."""

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Where the wheel's packages come from.
SOURCES = ("components/eks_pod_identity", "components/pulumi_eks_pod_identity", "policies/eks_pod_identity_policies")
UV = Path(sys.executable).with_name("uv")


def run(*command: object, cwd: Path | None = None) -> str:
    """Run a command and return what it prints.

    Raises:
        RuntimeError: If it fails; carries what it printed.
    """
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(str(part) for part in command)}` failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def tracked_files(root: Path) -> list[str]:
    """Return the files that git tracks; other files in the folders are not released."""
    return run("git", "ls-files", cwd=root).splitlines()


def build(root: Path, folder: Path) -> tuple[Path, Path]:
    """Build the source distribution, and from it the wheel, in *folder*. Return both."""
    tree, out = folder / "tree", folder / "dist"
    for name in tracked_files(root):
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes((root / name).read_bytes())
    run(UV, "build", "--quiet", "--no-build-isolation", "--python", sys.executable, "--out-dir", out, cwd=tree)
    [wheel], [sdist] = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, sdist


def version_of(root: Path) -> str:
    """Return the version in the code."""
    text = (root / "components" / "eks_pod_identity" / "_version.py").read_text(encoding="utf-8")
    [version] = re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    return version


def metadata_of(wheel: Path) -> Message:
    """Return the metadata of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_string(archive.read(name).decode())


def problems_in_version(root: Path, wheel: Path, tag: str | None) -> Iterator[str]:
    """Yield the differences between the versions of the code, the wheel, the documents and the tag."""
    version = version_of(root)
    built = metadata_of(wheel)["Version"]
    if built != version:
        yield f"{wheel.name}: the version is {built}, the code says {version}."
    for name in tracked_files(root):
        if name.endswith((".md", ".yaml")) and (root / name).is_file():
            text = (root / name).read_text(encoding="utf-8")
            stale = set(re.findall(r"/components@v([0-9][\w.]*[0-9])", text)) - {version}
            yield from (f"{name}: `components@v{other}` is not the version of the code, {version}." for other in stale)
    if tag is None:
        return
    if tag != f"v{version}":
        yield f"The tag is {tag}, and the version of the code is {version}. Tag v{version}, or change _version.py."
    if not re.search(
        rf"^## \[?{re.escape(version)}\]?", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    ):
        yield f"CHANGELOG.md: there is no section for {version}. Rename `Unreleased` and add the date."


def problems_in_metadata(root: Path, wheel: Path) -> Iterator[str]:
    """Yield the metadata that an index would display or resolve wrongly."""
    metadata = metadata_of(wheel)
    for key, expected in {
        "Name": "pulumi-eks-pod-identity",
        "License-Expression": "Apache-2.0",
        "Requires-Python": ">=3.11",
        "Description-Content-Type": "text/markdown",
    }.items():
        if metadata[key] != expected:
            yield f"{wheel.name}: {key} is {metadata[key]}, not {expected}."
    needed = {_requirement(line) for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines()} - {
        ""
    }
    built = {_requirement(line) for line in metadata.get_all("Requires-Dist", [])}
    if needed != built:
        yield f"{wheel.name}: the requirements differ from requirements.txt in {', '.join(sorted(needed ^ built))}."
    for key in ("Summary", "Keywords", "Project-URL", "Classifier"):
        if not metadata.get_all(key):
            yield f"{wheel.name}: {key} is missing."
    body = metadata.get_payload()
    if body != (root / "README.md").read_text(encoding="utf-8"):
        yield f"{wheel.name}: the description is not README.md."


def _requirement(line: str) -> str:
    """Return a requirement without its comment, with its version limits in one order."""
    name, limits = re.fullmatch(r"([\w.-]*)(.*)", re.sub(r"\s*#.*|\s+", "", line)).groups()  # pyright: ignore[reportOptionalMemberAccess] - matches every text
    return name.lower() + ",".join(sorted(limits.split(",")))


def problems_in_files(root: Path, wheel: Path, sdist: Path) -> Iterator[str]:
    """Yield the files that are missing, and those that do not belong there."""
    expected = {
        name.split("/", 1)[1]
        for name in tracked_files(root)
        if name.startswith(tuple(f"{source}/" for source in SOURCES)) and (root / name).is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        built = {name for name in archive.namelist() if ".dist-info/" not in name}
        names = archive.namelist()
    yield from (f"{wheel.name}: {name} is missing." for name in sorted(expected - built))
    yield from (f"{wheel.name}: {name} is not a tracked file." for name in sorted(built - expected))
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        yield f"{wheel.name}: LICENSE is missing."
    if not any(name.endswith(".dist-info/entry_points.txt") for name in names):
        yield f"{wheel.name}: the command eks-pod-identity is missing."
    with tarfile.open(sdist) as archive:
        contents = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    for name in ("LICENSE", "README.md", "pyproject.toml", "requirements.txt"):
        if name not in contents:
            yield f"{sdist.name}: {name} is missing."
