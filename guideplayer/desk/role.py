"""What a person at a desk is in the room."""

from enum import StrEnum


class Role(StrEnum):
    """Said while pairing, in sight of the room's screen. A viewer's desk shows everything, does nothing, is not armed.

    It keeps a display in the corridor, or a visitor, from acting by mistake; what keeps strangers out is the pairing.
    """

    NURSE = "nurse"
    THERAPIST = "therapist"
    VIEWER = "viewer"
