"""The room's tables, by topic."""
