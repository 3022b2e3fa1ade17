// The Pulumi Kubernetes resource plugin, served from its own provider package.
//
// Upstream's main lives in a directory that generates its schema at release time, which a module download does not
// carry; the engine needs only the name and version of it to register Namespace and ServiceAccount.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

// Set when linking. It is the version that the installed SDK asks for, because the engine warns of an older plugin in
// every run; what it is built from follows the plus sign, which comparisons ignore.
var version = "0.0.0"

func main() {
	schema := []byte(`{"name":"kubernetes","version":"` + version + `"}`)
	provider.Serve("kubernetes", version, schema, []byte("{}"))
}
