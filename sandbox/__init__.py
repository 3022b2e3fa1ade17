"""A laptop-sized EKS for development and tests: engine, AWS emulator, Kubernetes control plane, webhook, agent."""
