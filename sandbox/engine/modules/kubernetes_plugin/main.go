// The Pulumi Kubernetes resource plugin, served from its own provider package.
//
// Upstream's main lives in a directory that generates its schema at release time, which a module download does not
// carry; the engine needs only the name and version of it to register Namespace and ServiceAccount.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

const version = "4.18.1"

func main() {
	schema := []byte(`{"name":"kubernetes","version":"` + version + `"}`)
	provider.Serve("kubernetes", version, schema, []byte("{}"))
}
