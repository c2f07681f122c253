"""The pure heart: scripts, plans, sessions and what is seen and heard at a moment. Knows no clock, screen or disk."""
