"""PI201 to PI209: session policies, and the effects of disabling session tags."""
