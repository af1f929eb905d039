"""The tables of the identity room, by topic."""
