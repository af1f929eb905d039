"""The room's pure rules."""
