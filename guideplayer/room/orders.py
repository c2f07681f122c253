"""What a room is started with."""

import msgspec

from guideplayer.core.script import Script
from guideplayer.media import Library
from guideplayer.own_scenes import OwnScene, OwnScenes
from guideplayer.room.settings import Settings


class Orders(msgspec.Struct, frozen=True):
    """What `guideplayer play` was asked for. `again` is set for a room that replaces one that died.

    `fresh` leaves alone a session that was under way when the machine went down. `scenes` are those of the clinic's
    own, tried before the room began: it runs nobody's code.
    """

    settings: Settings
    script: Script | None = None
    infusion_ms: int = 0
    begin: bool = False
    again: bool = False
    fresh: bool = False
    scenes: tuple[OwnScene, ...] = ()

    def library(self) -> Library:
        """What the session may use. Raises SettingsError."""
        return self.settings.library(OwnScenes(known=self.scenes))


class StartError(Exception):
    """The room cannot start; the text is one plain sentence."""
