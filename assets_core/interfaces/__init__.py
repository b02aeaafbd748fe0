"""Ways in, independent of each other."""
