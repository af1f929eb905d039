"""Routes of version 1, a file a topic."""
