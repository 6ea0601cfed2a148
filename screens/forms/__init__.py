"""Forms: fields, what keeps their text, and the two large forms (a draft, the import of a register)."""
