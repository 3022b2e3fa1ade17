"""What is known about EKS Pod Identity: names, documents, rules. No Pulumi, no AWS client, no network."""
