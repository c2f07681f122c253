"""The room process: it decides. Session engine, journal, desk, call escalation, and the watch over the stage."""
