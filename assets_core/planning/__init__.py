"""What must run, and why: pure functions of values."""
