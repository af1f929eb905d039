"""The SQL of the learning room."""
