"""The resources of a stack, and the links between them."""
