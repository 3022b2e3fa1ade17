// What the compiler cannot see, because the values are `any`: the component refuses it.

import * as pulumi from "@pulumi/pulumi";
import { PodIdentity } from "pulumi-eks-pod-identity";

const settings: any = {
    clusterName: new pulumi.Config().require("cluster"),
    bindings: [{ namespace: "preview-*", serviceAccount: "api", sessionPolcy: {} }],
    trustScope: "everything",
    policies: { exports: '{"Sid": "hunter2"' },
    propagationSeconds: 1.5,
};
new PodIdentity("careless", settings);
