"""The page about other languages shows the tested program, and each address of the package names a version."""

import re
import subprocess
from pathlib import Path

from eks_pod_identity._version import __version__
from pulumi_eks_pod_identity._schema import SDK_NAMES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "languages.md").read_text()


def test_the_program_is_the_example():
    [program] = re.findall(r"```typescript\n(.*?)```", PAGE, re.DOTALL)

    assert program == (ROOT / "examples" / "typescript" / "index.ts").read_text()


def test_the_packages_have_the_names_that_are_generated():
    for names in SDK_NAMES.values():
        assert f"`{names['packageName']}`" in PAGE


def test_the_package_is_always_added_in_this_version():
    listed = subprocess.run(
        ["git", "ls-files", "*.md", "*.yaml"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    documented = {
        (name, version)
        for name in listed
        for version in re.findall(
            r"pulumi package add github\.com/\S+/components(\S*?)[`\s]", (ROOT / name).read_text()
        )
    }

    assert {name for name, _ in documented} >= {"README.md", "components/README.md", "docs/languages.md"}
    assert {version for _, version in documented} == {f"@v{__version__}"}
