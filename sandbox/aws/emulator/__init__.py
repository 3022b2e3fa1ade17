"""MiniStack, corrected where it differs from AWS. It runs in its own environment."""
