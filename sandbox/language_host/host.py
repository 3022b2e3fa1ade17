"""Implements the language host protocol of the engine for Python."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import IO

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from sandbox.engine.build import binaries
from sandbox.processes import die_with_parent

_EXECUTE = Path(__file__).with_name("execute.py")
#: The program has printed its error, so the engine must not print another.
EXIT_ERROR_SHOWN = 32
_NAME = "Python (stand-in of the sandbox)"


class PythonHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs, component plugins and policy packs with the interpreter of their project."""

    def __init__(self, engine: str) -> None:
        """Store the engine's address for the programs that it runs."""
        self._engine = engine

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Store the engine's address, if it is sent by handshake."""
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Report the version of the Pulumi SDK that programs run with."""
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Return no plugin: the sandbox has installed those that its programs use."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        """Return no plugin, as `GetRequiredPackages` does."""
        return language_pb2.GetRequiredPluginsResponse()

    def RuntimeOptionsPrompts(
        self, request: language_pb2.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        """Return no question."""
        return language_pb2.RuntimeOptionsResponse()

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        """Return which interpreter runs programs, and that this host is a stand-in."""
        python = interpreter(request.info.root_directory, _options(request.info))
        return language_pb2.AboutResponse(executable=python, version=sys.version.split()[0], metadata={"host": _NAME})

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """List the Pulumi packages that this environment has installed."""
        packages = [
            language_pb2.DependencyInfo(name=item.metadata["Name"], version=item.version)
            for item in metadata.distributions()
            if request.transitiveDependencies or item.metadata["Name"].startswith("pulumi")
        ]
        return language_pb2.GetProgramDependenciesResponse(dependencies=packages)

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Install what a downloaded plugin needs.

        Whatever lies in a checkout runs in the sandbox's own environment.
        """
        folder = Path(request.info.root_directory)
        if not request.is_plugin or Path(os.environ.get("PULUMI_HOME", ""), "plugins") not in folder.parents:
            yield language_pb2.InstallDependenciesResponse(
                stdout=b"The sandbox's environment is locked and ready; nothing to install.\n"
            )
            return
        toolchain = str(_options(request.info).get("toolchain") or "auto")
        completed = subprocess.run(
            [binaries(["python-toolchain"])["python-toolchain"], folder, toolchain],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        yield language_pb2.InstallDependenciesResponse(stdout=completed.stdout)
        if completed.returncode:
            context.abort(grpc.StatusCode.UNKNOWN, f"installing the dependencies of {folder} failed")

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End this process once the answer is sent."""
        threading.Timer(0.01, os._exit, [0]).start()
        return empty_pb2.Empty()

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        """Run a program to its end, and return whether it failed and whether it has printed its error."""
        info = request.info
        settings = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": info.root_directory,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "program": str(Path(info.program_directory) / (info.entry_point or ".")),
            "arguments": list(request.args),
        }
        environment = os.environ | {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        python = interpreter(info.root_directory, _options(info))
        process = subprocess.Popen(
            [python, "-u", str(_EXECUTE), json.dumps(settings)],
            cwd=request.pwd or info.program_directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it makes one system call and allocates nothing
        )
        context.add_callback(lambda: _end(process))
        code = process.wait()
        if code in (0, EXIT_ERROR_SHOWN):
            return language_pb2.RunResponse(bail=code != 0)
        return language_pb2.RunResponse(error=f"The program ended with exit status {code}.")

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a component plugin or a policy pack, and pass its output on until it ends."""
        program = request.info.program_directory or request.program
        options = _options(request.info)
        if request.kind != "analyzer":
            options = {"virtualenv": "venv"} | dict(options)  # the real host's default for plugins
        python = interpreter(request.info.root_directory or program, options)
        # A pack is run by the SDK's own entry, which takes its folder after the arguments; anything else is a folder
        # with a `__main__.py`.
        command = (
            [python, "-u", "-m", "pulumi.policy", *request.args, program]
            if request.kind == "analyzer"
            else [python, "-u", program, *request.args]
        )
        process = subprocess.Popen(
            command,
            cwd=request.pwd or program,
            env=os.environ | dict(item.split("=", 1) for item in request.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it makes one system call and allocates nothing
        )
        context.add_callback(lambda: _end(process))
        yield from _output(process)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())


def interpreter(root: str, options: Mapping[str, object]) -> str:
    """Return the interpreter of the project's `virtualenv` option, or the one that runs this host.

    If the virtualenv does not exist yet (a component or a pack before its install step), this host's environment is
    used, which has everything that the sandbox locks.
    """
    name = str(options.get("virtualenv") or "")
    if name:
        python = Path(root, name, "bin", "python")
        if python.exists():
            return str(python)
    return sys.executable


def _options(info: language_pb2.ProgramInfo) -> Mapping[str, object]:
    return dict(info.options.items())


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()


def _output(process: "subprocess.Popen[bytes]") -> Iterator[language_pb2.RunPluginResponse]:
    """Yield the output of both streams as it arrives, until both are closed."""
    chunks: queue.Queue[language_pb2.RunPluginResponse | None] = queue.Queue()

    def read(stream: IO[bytes], wrap: Callable[[bytes], language_pb2.RunPluginResponse]) -> None:
        while data := os.read(stream.fileno(), 65536):
            chunks.put(wrap(data))
        chunks.put(None)

    assert process.stdout is not None
    assert process.stderr is not None
    streams = (
        (process.stdout, lambda data: language_pb2.RunPluginResponse(stdout=data)),
        (process.stderr, lambda data: language_pb2.RunPluginResponse(stderr=data)),
    )
    for stream, wrap in streams:
        threading.Thread(target=read, args=(stream, wrap), daemon=True).start()
    open_streams = len(streams)
    while open_streams:
        chunk = chunks.get()
        if chunk is None:
            open_streams -= 1
        else:
            yield chunk
