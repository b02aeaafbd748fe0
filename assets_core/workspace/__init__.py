"""A project made ready."""
