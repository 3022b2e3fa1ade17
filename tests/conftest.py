"""What holds for all tests."""

import os

# gRPC logs every fork of a process that has channels open, in the middle of the output that a test reads.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
