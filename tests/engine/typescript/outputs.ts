// Values that are secret, and values that are known only when their resource exists, wherever an argument takes them.

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PodIdentity } from "pulumi-eks-pod-identity";

const bucket = new aws.s3.Bucket("exports", { tags: { Owner: "reports" } });
const secret = pulumi.secret("hunter2");
const identity = new PodIdentity("exporter", {
    clusterName: new pulumi.Config().require("cluster"),
    bindings: [
        {
            namespace: "reports",
            serviceAccount: "exporter",
            sessionPolicy: {
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: pulumi.interpolate`${bucket.arn}/*` }],
            },
        },
    ],
    policies: {
        secret: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: pulumi.interpolate`arn:aws:s3:::${secret}/*` }],
        },
        whole: bucket.arn.apply(arn =>
            JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: arn }],
            }),
        ),
    },
    tags: { Owner: bucket.tags.apply(tags => tags!.Owner) },
    propagationSeconds: 0,
});

export const role = identity.roleArn;
export const bucketArn = bucket.arn;
