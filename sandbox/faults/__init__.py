"""A proxy in front of the emulator, or of EKS Auth, that behaves like the network and AWS on a bad day; seeded."""

from sandbox.faults.plan import Fault, Kind, Plan
from sandbox.faults.proxy import FaultProxy

__all__ = ["Fault", "FaultProxy", "Kind", "Plan"]
