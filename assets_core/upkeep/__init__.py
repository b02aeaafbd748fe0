"""Keeping what was made."""
