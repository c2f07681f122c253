"""The launcher: the process that keeps room and stage alive, and the machine awake."""
