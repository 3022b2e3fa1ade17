"""The rules are imported when they are needed, and all public names stay importable from the package."""

import ast
import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eks_pod_identity import rules

MODULES: dict[str, str] = vars(rules)["_MODULES"]


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_public_name_is_that_of_its_module(name: str):
    module = importlib.import_module(MODULES[name], rules.__name__)

    assert getattr(rules, name) is getattr(module, name)


def test_type_checkers_read_the_same_names_from_the_same_modules():
    stub = ast.parse(Path(rules.__file__).with_suffix(".pyi").read_text())
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]

    names = {name.asname: node.module for node in imports for name in node.names}
    assert names == {name: importlib.util.resolve_name(module, rules.__name__) for name, module in MODULES.items()}


def test_importing_everything_imports_the_public_names_and_no_other():
    imported: dict[str, object] = {}
    exec("from eks_pod_identity.rules import *", imported)

    assert set(imported) - {"__builtins__"} == set(MODULES)


def test_a_name_that_does_not_exist_is_an_import_error():
    with pytest.raises(ImportError, match="cannot import name 'trust_finding'"):
        exec("from eks_pod_identity.rules import trust_finding")


def test_judging_a_permission_policy_imports_no_rule_about_stacks_sessions_or_trust():
    program = (
        "import sys\n"
        "from eks_pod_identity.rules.permissions.argument_checks import policy_problems\n"
        "policy_problems({'Version': '2012-10-17', 'Statement': []})\n"
        "print(*(name for name in sys.modules if name.startswith('eks_pod_identity.rules.')))"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)

    imported = {name.split(".")[2] for name in done.stdout.split()}
    assert not imported & {"catalogue", "judge_stack", "session", "stack", "tags", "trust"}
    assert "permissions" in imported
