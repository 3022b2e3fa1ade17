// Command consumer is a program in Go that uses the components through the SDK that Pulumi generates for them. It runs
// itself: the automation API serves the program to the CLI, where a project would have the plugin of its language.
//
//	consumer up | destroy
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	ekspodidentity "github.com/eks-pod-identity/pulumi-eks-pod-identity/sdk/go/ekspodidentity"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func program(ctx *pulumi.Context) error {
	identity, err := ekspodidentity.NewPodIdentity(ctx, "exporter", &ekspodidentity.PodIdentityArgs{
		ClusterName: pulumi.String(os.Getenv("CLUSTER")),
		Bindings: ekspodidentity.PodIdentityBindingArray{
			ekspodidentity.PodIdentityBindingArgs{
				Namespace:      pulumi.String(os.Getenv("NAMESPACE")),
				ServiceAccount: pulumi.String("exporter"),
			},
		},
		TrustScope:         ekspodidentity.TrustScopeNamespace,
		PropagationSeconds: pulumi.Int(0),
		Policies: pulumi.Map{
			"read": pulumi.Map{
				"Version": pulumi.String("2012-10-17"),
				"Statement": pulumi.Array{pulumi.Map{
					"Effect":   pulumi.String("Allow"),
					"Action":   pulumi.String("s3:GetObject"),
					"Resource": pulumi.String("arn:aws:s3:::exports/*"),
				}},
			},
		},
	})
	if err != nil {
		return err
	}
	ctx.Export("roleArn", identity.RoleArn)
	ctx.Export("associationIds", identity.AssociationIds)
	return nil
}

func run(command string) error {
	ctx := context.Background()
	stack, err := auto.UpsertStackInlineSource(ctx, "test", "consumer", program, auto.WorkDir("."))
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
