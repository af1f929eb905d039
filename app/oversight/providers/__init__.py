"""What the room reads from outside: the calendar of working days."""
