"""The binaries of the sandbox: the source of each and how it is built. No other module contains package names."""

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

MODULES = Path(__file__).parent / "modules"

# Compiling without optimisation takes about three quarters of the time (168 s instead of 228 s for the CLI, from an
# empty cache), and a sandbox's control plane need not be fast. The CLI is optimised, because benchmarks run on it.
UNOPTIMISED = ("-gcflags=all=-N -l",)

_STRIPPED = "-s -w"
_KUBERNETES_VERSION = "k8s.io/component-base/version"
# A profile next to a main package would be applied by default, for an optimisation that is turned off.
_KUBERNETES_FLAGS = ("-pgo=off", *UNOPTIMISED)
_KUBERNETES_LDFLAGS = (
    f"{_STRIPPED} -X {_KUBERNETES_VERSION}.gitVersion={{version}}"
    f" -X {_KUBERNETES_VERSION}.gitMajor={{major}} -X {_KUBERNETES_VERSION}.gitMinor={{minor}}"
)

_DELETED = "pkg/await/condition/deleted.go"
_WAIT_FOR_EVENTS = """\
	wg.Wait()
"""
_WAIT_OR_LOOK_AGAIN = """\
	watched := make(chan struct{})
	go func() {
		wg.Wait()
		close(watched)
	}()
	for waiting := true; waiting; {
		select {
		case <-watched:
			waiting = false
		case <-time.After(time.Second):
			dc.refreshClusterState()
			if dc.deleted.Load() {
				return
			}
		}
	}
"""


@dataclass(frozen=True)
class Change:
    """One text of a module's source that is replaced before it is built."""

    file: str
    text: str
    instead: str


@dataclass(frozen=True)
class Recipe:
    """One binary: a package of one of the pinned modules, and the flags it is built with."""

    module: str
    """Folder under `modules/` whose go.mod and go.sum pin everything."""
    package: str
    requirement: str
    """The go.mod requirement whose version is the binary's own."""
    ldflags: str = _STRIPPED
    """Linker flags; `{version}`, `{major}` and `{minor}` are filled in from the requirement."""
    flags: tuple[str, ...] = UNOPTIMISED
    changes: tuple[Change, ...] = ()
    """Changes of the module `changed_requirement` before the build."""
    changed_requirement: str = ""
    """The go.mod requirement whose source is changed; `requirement` if empty."""

    @property
    def folder(self) -> Path:
        """Return the folder of the module."""
        return MODULES / self.module

    @property
    def version(self) -> str:
        """Return the version that go.mod pins, as `v1.2.3`."""
        return self.version_of(self.requirement)

    @property
    def changed_module(self) -> tuple[str, str]:
        """Return the requirement whose source is changed, and its version."""
        requirement = self.changed_requirement or self.requirement
        return requirement, self.version_of(requirement)

    def version_of(self, requirement: str) -> str:
        """Return the version that go.mod pins for *requirement*."""
        text = (self.folder / "go.mod").read_text()
        match = re.search(rf"^(?:require)?\s*{re.escape(requirement)} (v\S+)", text, re.MULTILINE)
        if match is None:
            raise LookupError(f"{self.folder / 'go.mod'} does not require {requirement}.")
        return match[1]

    @property
    def arguments(self) -> list[str]:
        """Return the arguments of `go build`, without the output file."""
        version = self.version
        major, minor = version.removeprefix("v").split(".")[:2]
        ldflags = self.ldflags.format(version=version, major=major, minor=minor)
        return ["-mod=readonly", "-trimpath", "-buildvcs=false", f"-ldflags={ldflags}", *self.flags, self.package]


RECIPES = {
    "pulumi": Recipe(
        module="pulumi",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        requirement="github.com/pulumi/pulumi/pkg/v3",
        # Clients of the Automation API refuse a CLI that reports no version.
        ldflags=f"{_STRIPPED} -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={{version}}",
        flags=(),
    ),
    "etcd": Recipe(
        module="etcd",
        package="go.etcd.io/etcd/server/v3",
        requirement="go.etcd.io/etcd/server/v3",
    ),
    "kube-apiserver": Recipe(
        module="kubernetes",
        package="k8s.io/kubernetes/cmd/kube-apiserver",
        requirement="k8s.io/kubernetes",
        ldflags=_KUBERNETES_LDFLAGS,
        flags=_KUBERNETES_FLAGS,
    ),
    "kube-controller-manager": Recipe(
        module="kubernetes",
        package="k8s.io/kubernetes/cmd/kube-controller-manager",
        requirement="k8s.io/kubernetes",
        ldflags=_KUBERNETES_LDFLAGS,
        flags=_KUBERNETES_FLAGS,
    ),
    "pulumi-resource-kubernetes": Recipe(
        module="kubernetes_plugin",
        package=".",
        requirement="github.com/pulumi/pulumi-kubernetes/sdk/v4",
        ldflags=f"{_STRIPPED} -X main.version={metadata.version('pulumi-kubernetes')}+built-from-{{version}}",
        changed_requirement="github.com/pulumi/pulumi-kubernetes/provider/v4",
        # An object that goes between the plugin's look-up and its informer's first list raises no event, and the
        # plugin waits ten minutes for one. So it looks again every second.
        changes=(
            Change(_DELETED, '\t"sync/atomic"\n', '\t"sync/atomic"\n\t"time"\n'),
            Change(_DELETED, _WAIT_FOR_EVENTS, _WAIT_OR_LOOK_AGAIN),
        ),
    ),
    "amazon-eks-pod-identity-webhook": Recipe(
        module="webhook",
        package="github.com/aws/amazon-eks-pod-identity-webhook",
        requirement="github.com/aws/amazon-eks-pod-identity-webhook",
        # It listens on every interface, and has no option for another address.
        changes=(
            Change("main.go", 'addr := fmt.Sprintf(":%d", *port)', 'addr := fmt.Sprintf("127.0.0.1:%d", *port)'),
            Change(
                "main.go",
                'metricsAddr := fmt.Sprintf(":%d", *metricsPort)',
                'metricsAddr := fmt.Sprintf("127.0.0.1:%d", *metricsPort)',
            ),
        ),
    ),
    "pulumi-language-yaml": Recipe(
        module="yaml",
        package="github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
        requirement="github.com/pulumi/pulumi-yaml",
    ),
    "sdk-generator": Recipe(
        module="sdk_generator",
        package=".",
        requirement="github.com/pulumi/pulumi/pkg/v3",
        flags=(),  # as the CLI, whose compiled packages it shares
    ),
    "python-toolchain": Recipe(
        module="python_toolchain",
        package=".",
        requirement="github.com/pulumi/pulumi/sdk/v3",
        flags=(),  # as the CLI, whose compiled packages it shares
    ),
    "proof-go": Recipe(
        module="proof",
        package=".",
        requirement="github.com/aws/aws-sdk-go-v2/config",
    ),
}
