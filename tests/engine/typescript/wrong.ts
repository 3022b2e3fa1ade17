// Every statement here is refused by the compiler.

import { PodIdentity } from "pulumi-eks-pod-identity";

const api = { clusterName: "dev", namespace: "payments", serviceAccount: "api" };

new PodIdentity("scope", { ...api, trustScope: "everything" });
new PodIdentity("agent", { ...api, agent: "managd" });
new PodIdentity("cluster", { namespace: "payments", serviceAccount: "api" });
new PodIdentity("tags", { ...api, tags: ["payments"] });
new PodIdentity("arn", { ...api, roleArn: 111122223333 });
new PodIdentity("key", { ...api, sessionPolcy: {} });
new PodIdentity("binding", { clusterName: "dev", bindings: [{ namespace: "payments", serviceAcount: "api" }] });
