"""PI301 to PI308: target roles, and the way from an association to them."""
