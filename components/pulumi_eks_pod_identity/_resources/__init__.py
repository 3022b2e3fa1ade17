"""Resources, each created by one function that decides nothing."""
