import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PodIdentity, PodIdentityTargetRole, TrustScope } from "pulumi-eks-pod-identity";

const config = new pulumi.Config();
const clusterName = config.require("cluster");

// The API reads one bucket, which the same program creates.
const invoices = new aws.s3.Bucket("invoices");
const api = new PodIdentity("payments-api", {
    clusterName,
    namespace: "payments",
    serviceAccount: "api",
    policies: {
        invoices: {
            Version: "2012-10-17",
            Statement: [
                { Effect: "Allow", Action: ["s3:GetObject"], Resource: [pulumi.interpolate`${invoices.arn}/*`] },
            ],
        },
    },
    tags: { Owner: "payments" },
});

// The exporter reads a warehouse in another account. A component takes one AWS provider, so the role there is a
// separate component. Neither role waits for the other, because the name of the exporter's role is set.
const roleName = "exporter";
const account = aws.getCallerIdentityOutput().accountId;
const data = new aws.Provider("data", { profile: config.require("profile"), region: "eu-west-1" });
const reader = new PodIdentityTargetRole("warehouse-reader", {
    sourceRoleArn: pulumi.interpolate`arn:aws:iam::${account}:role/${roleName}`,
    clusterName,
    clusterRegion: "eu-west-1",
    namespace: "reports",
    serviceAccount: "exporter",
    policies: {
        warehouse: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::warehouse/*"] }],
        },
    },
}, { provider: data });
const exporter = new PodIdentity("exporter", {
    clusterName,
    bindings: [{ namespace: "reports", serviceAccount: "exporter" }],
    roleName,
    targetRoleArn: reader.roleArn,
    trustScope: TrustScope.Namespace,
});

export const apiRole = api.roleArn;
export const exporterRole = exporter.roleArn;
export const warehouseRole = reader.roleArn;
