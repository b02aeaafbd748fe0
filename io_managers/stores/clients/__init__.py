"""Clients of places that keep objects: each wraps one library, and is imported late."""
