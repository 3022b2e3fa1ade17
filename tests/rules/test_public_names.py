"""The rules are imported when they are needed, and all public names stay importable from the package."""

import importlib
import os
import subprocess
import sys

import pytest

from eks_pod_identity import rules


@pytest.mark.parametrize("name", sorted(rules._MODULES))
def test_a_public_name_is_that_of_its_module(name: str):
    module = importlib.import_module(f"eks_pod_identity.rules.{rules._MODULES[name]}")

    assert getattr(rules, name) is getattr(module, name)


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
