"""Lays out the engine on disk: its binary with the hosts next to it, and plugins in a private `PULUMI_HOME`."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from sandbox.engine import PulumiCli

ROOT = Path(__file__).resolve().parent.parent
# The engine looks for the version of a plugin that the installed SDK asks for. The Kubernetes plugin that can be built
# is older; Namespace and ServiceAccount, which the stacks use, have not changed since.
AWS_PLUGIN = metadata.version("pulumi-aws")
KUBERNETES_PLUGIN = metadata.version("pulumi-kubernetes")


def install(directory: Path, cli: PulumiCli, binaries: Mapping[str, Path]) -> Path:
    """Lay out `bin/` and `home/` under *directory* and return the engine's path.

    The engine looks for language hosts next to its own binary. So one that was built is linked into a folder of this
    checkout: other checkouts share the cached binary, but have their own hosts. One found on PATH has its own.
    """
    bin_folder, plugins = directory / "bin", directory / "home" / "plugins"
    bin_folder.mkdir(parents=True, exist_ok=True)
    aws = plugins / f"resource-aws-v{AWS_PLUGIN}"
    kubernetes = plugins / f"resource-kubernetes-v{KUBERNETES_PLUGIN}"
    for plugin in (aws, kubernetes):
        plugin.mkdir(parents=True, exist_ok=True)
    _script(aws / "pulumi-resource-aws", "sandbox.aws_plugin")
    _link(binaries["pulumi-resource-kubernetes"], kubernetes / "pulumi-resource-kubernetes")
    if not cli.built:
        return cli.path
    _script(bin_folder / "pulumi-language-python", "sandbox.language_host")
    if "pulumi-language-yaml" in binaries:
        _link(binaries["pulumi-language-yaml"], bin_folder / "pulumi-language-yaml")
    _link(cli.path, bin_folder / "pulumi")
    return bin_folder / "pulumi"


def _link(source: Path, target: Path) -> None:
    if target.exists() and target.samefile(source):
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # the cache is on another file system
        shutil.copy2(source, target)


def _script(target: Path, module: str) -> None:
    """Write an executable that runs *module* of this checkout with this environment's interpreter.

    The path is set inside the process, not in the environment: programs that it starts must not see the checkout.
    """
    program = (
        f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module({module!r}, run_name='__main__')"
    )
    target.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -u -c {shlex.quote(program)} "$@"\n')
    target.chmod(0o755)
