"""Keeps the AWS settings of the user away from the sandbox's clients."""

from sandbox.running import isolate

isolate()
