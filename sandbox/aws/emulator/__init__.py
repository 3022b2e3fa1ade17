"""MiniStack, corrected where it differs from AWS. Runs in an environment of its own."""
