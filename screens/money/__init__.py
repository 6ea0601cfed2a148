"""Money on the screen: plans, rounds, contracts and adjustments, each with its board."""
