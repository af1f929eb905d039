"""What the room needs from outside: the typesetter and the spreadsheet writer."""
