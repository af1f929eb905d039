"""The JSON doorway: every write of the product goes through it."""
