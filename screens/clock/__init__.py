"""Time: why something is due, what is done about it, the office's own rules and days, where time goes."""
