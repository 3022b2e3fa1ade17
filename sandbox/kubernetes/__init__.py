"""The Kubernetes control plane, without nodes, enough for Namespaces, ServiceAccounts, tokens and admission."""

from sandbox.kubernetes.control_plane import ControlPlane, start_control_plane

__all__ = ["ControlPlane", "start_control_plane"]
