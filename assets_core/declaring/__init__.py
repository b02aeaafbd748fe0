"""How a user says what assets there are."""
