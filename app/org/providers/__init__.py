"""What the room needs from outside: the typesetter."""
