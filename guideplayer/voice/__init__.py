"""How words become clips, and how beds are made: everything here runs before a session, never during one."""


class VoiceError(Exception):
    """Clips cannot be made; the message is one sentence for the person who asked."""
