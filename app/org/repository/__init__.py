"""The room's questions to the database, by topic."""
