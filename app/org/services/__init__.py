"""What the floors above may ask of this room."""
