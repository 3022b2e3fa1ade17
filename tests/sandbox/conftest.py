"""AWS settings of whoever runs the tests do not reach the sandbox's clients."""

from sandbox.running import isolate

isolate()
