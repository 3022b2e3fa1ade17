"""What the components of one program share, and how they use the engine."""
