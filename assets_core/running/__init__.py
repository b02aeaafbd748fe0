"""How a plan becomes data."""
