"""A clinic's own music: any sound file made readable, measured once, and played as one endless course."""
