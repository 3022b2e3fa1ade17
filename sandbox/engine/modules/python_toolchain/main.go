// Command python_toolchain installs what a Python plugin needs, with the code that Pulumi's own Python host uses for it:
// a virtual environment in the plugin's folder, and pip.
//
//	python_toolchain FOLDER pip|poetry|uv|auto
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

func run(folder, name string) error {
	options := toolchain.PythonOptions{
		Root:       folder,
		ProgramDir: folder,
		Virtualenv: "venv", // the host's default for plugins
	}
	switch name {
	case "pip":
		options.Toolchain = toolchain.Pip
	case "poetry":
		options.Toolchain = toolchain.Poetry
	case "uv":
		options.Toolchain = toolchain.Uv
	}
	chosen, err := toolchain.ResolveToolchain(options)
	if err != nil {
		return err
	}
	return chosen.InstallDependencies(context.Background(), folder, false, true, os.Stdout, os.Stderr)
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: python_toolchain FOLDER pip|poetry|uv|auto")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
