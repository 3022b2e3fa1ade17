"""The arguments of the components, as users write them: documented TypedDicts and enums."""
