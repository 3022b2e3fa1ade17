"""PI201 to PI209: session policies, and what turning session tags off does."""
