"""PI401 to PI409: associations, the agent, ServiceAccounts and nodes."""
