"""The tables of the learning room, by topic."""
