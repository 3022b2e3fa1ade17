"""What runs inside the emulator's own environment: MiniStack with its differences from AWS corrected."""
