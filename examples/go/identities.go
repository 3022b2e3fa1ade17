package main

import (
	"github.com/eks-pod-identity/pulumi-eks-pod-identity/sdk/go/ekspodidentity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// identities grants the exporter and the importer of a namespace read access to one bucket, through one role.
func identities(ctx *pulumi.Context) error {
	settings := config.New(ctx, "")
	namespace := settings.Require("namespace")
	scope := ekspodidentity.TrustScopeNamespace
	identity, err := ekspodidentity.NewPodIdentity(ctx, "reports", &ekspodidentity.PodIdentityArgs{
		ClusterName: pulumi.String(settings.Require("cluster")),
		Bindings: []ekspodidentity.PodIdentityBindingInput{
			ekspodidentity.PodIdentityBindingArgs{Namespace: namespace, ServiceAccount: "exporter"},
			ekspodidentity.PodIdentityBindingArgs{Namespace: namespace, ServiceAccount: "importer"},
		},
		TrustScope: &scope,
		Policies: map[string]pulumi.Input{
			"read": pulumi.Map{
				"Version": pulumi.String("2012-10-17"),
				"Statement": pulumi.Array{pulumi.Map{
					"Effect":   pulumi.String("Allow"),
					"Action":   pulumi.String("s3:GetObject"),
					"Resource": pulumi.String("arn:aws:s3:::reports/*"),
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
