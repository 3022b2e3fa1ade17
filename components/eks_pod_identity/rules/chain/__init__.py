"""PI301 to PI308: target roles, and how associations reach them."""
