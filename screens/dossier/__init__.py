"""One proposal: everything about it, acts, papers, notes, and moving from one to another."""
