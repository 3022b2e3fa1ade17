"""The SDKs that Pulumi generates of the components for other languages: complete, and named as their users expect."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from consumer_project import SCHEMA
from sandbox.engine.build import binaries

RESOURCES = json.loads(SCHEMA.read_text())["resources"]
PYTHON = "eks_pod_identity_sdk"


@pytest.fixture(scope="module")
def sdks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the SDKs, by language."""
    folder = tmp_path_factory.mktemp("sdks")
    subprocess.run([binaries(["sdk-generator"])["sdk-generator"], SCHEMA, folder], check=True)
    version = json.loads(SCHEMA.read_text())["version"]
    installed = folder / "python" / f"{PYTHON}-{version}.dist-info"
    installed.mkdir()  # a generated package asks for its own version, which pip notes when it installs one
    (installed / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PYTHON}\nVersion: {version}\n")
    return folder


def title(name: str) -> str:
    return name[0].upper() + name[1:]


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1].lower()}", name)


def go_names(sdks: Path, component: str) -> tuple[set[str], set[str]]:
    """Return the arguments and outputs of a component in Go."""
    text = next((sdks / "go").rglob(f"{component[0].lower()}{component[1:]}.go")).read_text()

    def fields(struct: str) -> set[str]:
        body = re.findall(rf"^type {struct} struct {{\n(.*?)^}}", text, re.MULTILINE | re.DOTALL)[0]
        return set(re.findall(r"^\t([A-Z]\w*) +\S", body, re.MULTILINE))

    return fields(f"{component}Args"), fields(component)


def typescript_names(sdks: Path, component: str) -> tuple[set[str], set[str]]:
    """Return the arguments and outputs of a component in TypeScript."""
    text = (sdks / "nodejs" / f"{component[0].lower()}{component[1:]}.ts").read_text()
    arguments = text[text.index(f"export interface {component}Args") :]
    return (
        set(re.findall(r"^    (\w+)\??: ", arguments, re.MULTILINE)),
        set(re.findall(r"readonly (\w+)!?: pulumi\.Output", text)),
    )


def python_names(sdks: Path, component: str) -> tuple[set[str], set[str]]:
    """Return the arguments and outputs of a component in Python, as the imported module has them."""
    code = (
        f"import inspect, json, pulumi, {PYTHON} as sdk\n"
        f"made, args = sdk.{component}, sdk.{component}Args\n"
        "outputs = [key for key, value in vars(made).items() if isinstance(value, property)]\n"
        "print(json.dumps([[key for key in inspect.signature(args).parameters], outputs]))"
    )
    arguments, outputs = json.loads(in_python(sdks, code))
    return set(arguments), set(outputs)


def in_python(sdks: Path, code: str) -> str:
    """Run *code* with the generated package on the path, and without ours."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(sdks / "python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("token", RESOURCES)
@pytest.mark.parametrize(
    ("names", "spelled"),
    [(go_names, title), (typescript_names, str), (python_names, snake)],
    ids=["go", "typescript", "python"],
)
def test_every_argument_and_output_is_there_in_the_spelling_of_the_language(
    sdks: Path, token: str, names: Callable[[Path, str], tuple[set[str], set[str]]], spelled: Callable[[str], str]
):
    arguments, outputs = names(sdks, token.rsplit(":", 1)[1])

    assert arguments == {spelled(name) for name in RESOURCES[token]["inputProperties"]}
    assert outputs >= {spelled(name) for name in RESOURCES[token]["properties"]}


ENUMS = {
    "AgentMode": ["Existing", "Managed", "AutoMode"],
    "AssumedBy": ["Eks", "Workload"],
    "PolicyKind": ["Inline", "Managed"],
    "ResolveConflicts": ["None", "Overwrite", "Preserve"],
    "TrustScope": ["ServiceAccount", "Namespace", "Cluster", "Account"],
}


def test_a_typescript_program_imports_these_names(sdks: Path):
    folder = sdks / "nodejs"
    manifest = json.loads((folder / "package.json").read_text())
    inputs, enums = (folder / "types" / "input.ts").read_text(), (folder / "types" / "enums" / "index.ts").read_text()

    assert manifest["name"] == "pulumi-eks-pod-identity"
    assert re.findall(r"^export interface (\w+)", inputs, re.MULTILINE) == ["PodIdentityBindingArgs"]
    members = {name: re.findall(r"^    (\w+): ", body, re.MULTILINE) for name, body in typescript_enums(enums)}
    assert members == ENUMS


def typescript_enums(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^export const (\w+) = {\n(.*?)^} as const", text, re.MULTILINE | re.DOTALL)


def test_a_go_program_imports_these_names(sdks: Path):
    types = next((sdks / "go").rglob("pulumiTypes.go")).read_text()
    enums = next((sdks / "go").rglob("pulumiEnums.go")).read_text()

    assert "PodIdentityBindingArgs" in re.findall(r"^type (\w+) struct", types, re.MULTILINE)
    assert "ArgsArgs" not in types
    for name, members in ENUMS.items():
        assert re.findall(rf"^\t(\w+)\s+= {name}\(", enums, re.MULTILINE) == [f"{name}{member}" for member in members]


def test_a_python_program_imports_these_names(sdks: Path):
    code = (
        f"import enum, json, {PYTHON} as sdk\n"
        "found = {key: value for key, value in vars(sdk).items() if isinstance(value, type)}\n"
        "enums = {k: list(v.__members__) for k, v in found.items() if issubclass(v, enum.Enum)}\n"
        "print(json.dumps([sorted(found.keys() - enums.keys()), enums]))"
    )
    names, enums = json.loads(in_python(sdks, code))

    components = {token.rsplit(":", 1)[1] for token in RESOURCES}
    assert set(names) == {
        "Provider",
        "ProviderArgs",
        "PodIdentityBindingArgs",
        "PodIdentityBindingArgsDict",
        *components,
        *(f"{name}Args" for name in components),
    }
    assert enums == {key: [snake(member).upper() for member in members] for key, members in ENUMS.items()}


def test_each_sdk_describes_the_package(sdks: Path):
    for language in ("nodejs", "python"):
        assert "EKS Pod Identity" in next((sdks / language).rglob("README.md")).read_text()
    manifest = json.loads((sdks / "nodejs" / "package.json").read_text())
    assert manifest["license"] == "Apache-2.0"
    assert manifest["version"] == json.loads(SCHEMA.read_text())["version"]


def test_the_generated_python_asks_the_engine_for_our_component(sdks: Path):
    code = f"""
import json, pulumi, {PYTHON} as sdk

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        print(json.dumps([args.typ, args.inputs]))
        return "id", args.inputs
    def call(self, args):
        return {{}}

pulumi.runtime.set_mocks(Mocks())

@pulumi.runtime.test
def program():
    return sdk.PodIdentity("api", cluster_name="dev", trust_scope=sdk.TrustScope.CLUSTER, propagation_seconds=0,
                           bindings=[{{"namespace": "shop", "service_account": "api"}}]).urn

program()
"""
    assert json.loads(in_python(sdks, code)) == [
        "eks-pod-identity:index:PodIdentity",
        {
            "clusterName": "dev",
            "trustScope": "cluster",
            "propagationSeconds": 0,
            "bindings": [{"namespace": "shop", "serviceAccount": "api"}],
        },
    ]
