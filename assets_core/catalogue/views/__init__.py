"""What each kind of value looks like: one file for each, from a value to pieces."""
