"""The journal: every event of a session, kept through any crash."""
