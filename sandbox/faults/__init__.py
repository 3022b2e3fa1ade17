"""A seeded proxy in front of the emulator, or of EKS Auth, that injects faults."""

from sandbox.faults.plan import Fault, Kind, Plan
from sandbox.faults.proxy import FaultProxy

__all__ = ["Fault", "FaultProxy", "Kind", "Plan"]
