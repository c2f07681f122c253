"""The doctor: looks at all that a room needs, before a patient needs it."""
