"""What the components of one program share; it knows the engine."""
