"""The entry point of the plugin, which consumers may start with any version of Python."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMPONENTS = Path(__file__).resolve().parents[2] / "components"


def test_python_3_8_can_read_it():
    ast.parse((COMPONENTS / "__main__.py").read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("folder", ["checkout", "resource-example.org_acme.git_components-v0.1.0"])
def test_an_older_python_is_refused_with_a_sentence_before_anything_is_imported(tmp_path: Path, folder: str):
    components = tmp_path / folder / "components"
    components.mkdir(parents=True)
    shutil.copy(COMPONENTS / "__main__.py", components)
    outdated = components / "venv" if folder == "checkout" else components.parent
    code = (
        "import runpy, sys\n"
        "sys.version_info = (3, 10, 13, 'final', 0)\n"
        "sys.modules.update(dict.fromkeys(['pulumi', 'pydantic', 'eks_pod_identity', 'pulumi_eks_pod_identity']))\n"
        f"runpy.run_path({str(components)!r}, run_name='__main__')\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("eks-pod-identity needs Python 3.11 or newer to run its plugin; this is 3.10.13.")
    assert f"delete {outdated} and run `pulumi install`" in done.stderr
    assert done.stderr.count("\n") == 1
