"""What the learning room draws and speaks."""
