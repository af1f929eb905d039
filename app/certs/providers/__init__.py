"""What draws and reads a certificate."""
