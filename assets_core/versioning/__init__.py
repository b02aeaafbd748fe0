"""What made a result, and what the result is."""
