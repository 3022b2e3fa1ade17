"""PI101 to PI107: the trust policy of a role that pods use."""
