"""The store: SQLite in a file, or PostgreSQL; one INSERT into the history is the move."""
