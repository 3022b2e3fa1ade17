"""PI601 to PI605: the permission policies of roles that pods use."""
