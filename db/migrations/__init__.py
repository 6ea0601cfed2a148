"""Revisions of the schema. Each runs frozen SQL text: what a revision did never changes with the models."""
