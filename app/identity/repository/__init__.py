"""The SQL of the identity room."""
