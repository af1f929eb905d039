"""What the doorways may ask of this room."""
