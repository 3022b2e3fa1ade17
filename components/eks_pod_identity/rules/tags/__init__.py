"""PI501 to PI504: the tags of resources."""
