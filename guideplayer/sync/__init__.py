"""Scripts and media for all rooms of a clinic: offered in one folder, fetched by each room, taken over whole."""


class SyncError(Exception):
    """It cannot be done; the text is one plain sentence, or one for each thing that is wrong, with what to do."""


class ContentError(SyncError):
    """What is offered has problems: whoever offers it has to mend it."""
