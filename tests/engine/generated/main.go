// Command consumer runs the program of examples/go, which lies beside it when it is built. The Automation API serves the
// program to the CLI, where a user's project would have the plugin of its language.
//
//	consumer up | destroy
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

func run(command string) error {
	ctx := context.Background()
	stack, err := auto.UpsertStackInlineSource(ctx, "test", "go", identities, auto.WorkDir("."))
	if err != nil {
		return err
	}
	if command == "destroy" {
		_, err = stack.Destroy(ctx)
		return err
	}
	if _, err := stack.Preview(ctx); err != nil {
		return err
	}
	done, err := stack.Up(ctx)
	if err != nil {
		return err
	}
	outputs := map[string]any{}
	for name, output := range done.Outputs {
		outputs[name] = output.Value
	}
	return json.NewEncoder(os.Stdout).Encode(outputs)
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
