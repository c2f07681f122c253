"""Settings: a TOML file in the config folder; `GUIDEPLAYER_*` overrides it, and the command line overrides both."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from guideplayer.authoring.names import NARRATORS
from guideplayer.clinic.identity import Identity, identity_in
from guideplayer.clinic.relay_kinds import Relay
from guideplayer.clinic.topics import checked
from guideplayer.core.script import NO_VOICE
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.media import Library, media_folder, scripts_folder
from guideplayer.own_scenes import OwnScenes
from guideplayer.pager.services import Service, with_options
from guideplayer.sync.setting import Sync
from guideplayer.sync.trees import SyncFolder

APPLICATION = "guideplayer"
VOICE_NAME = "^[a-z][a-z0-9-]*$"


class SettingsError(Exception):
    """A setting is wrong; the text says which, where and how to mend it."""


class OwnVoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A voice of the clinic's own: a command that turns text into a WAV, the language that it speaks, and how long it
    may take for a few words (s).

    In the command `{text}` stands for the words, `{text_file}` for a file of them, `{wav}` for the file to write; words
    that have no place come on its input, and a WAV that has none is taken from its output.
    """

    command: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    language: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")]
    patience_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 60.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a clinic may set. `desk` is `host:port`; `scripts` are folders of its own scripts, `media` its own clips.

    `scenes` is the folder of its own scenes, one Python file each; without one it is `scenes` beside `media`.
    `voices` are its own, by the name that a script gives. `sound` is the device to play on, empty the default one.
    `desk_tls` serves the desk over TLS when there is a certificate (`guideplayer desk cert`), or never.
    `pagers` are the services that are told of a call that nobody has answered.
    `relays` are switched by a call, by way of the broker: a nurse call's contact, a lamp in the corridor.
    `home_assistant` shows the room at a Home Assistant on the same broker, with a button that pauses.
    `broker` is the clinic's (`mqtts://host`), empty for a room on its own; `clinic` the folder with what
    `guideplayer clinic init` has made for this room, by default one beside the journal.
    `sync` is where scripts and media for all rooms come from (`guideplayer sync`).
    `database` is where a station keeps its clinic's figures (`postgresql://user@host/clinic`), empty for a file.
    `keep_days` is how long past sessions are kept: older ones are deleted when the room starts; 0 keeps them for ever.
    """

    room: str = "Room 1"
    desk: str = "127.0.0.1:8765"
    desk_tls: Literal["auto", "off"] = "auto"
    state: str = ""
    scripts: tuple[str, ...] = ()
    media: str = ""
    scenes: str = ""
    fullscreen: bool = True
    sound: str = ""
    caption_size: Annotated[float, msgspec.Meta(ge=0.7, le=1.6)] = 1.0
    caption_place: Literal["low", "middle", "high"] = "low"
    pagers: tuple[Service, ...] = ()
    relays: tuple[Relay, ...] = ()
    home_assistant: bool = False
    broker: str = ""
    clinic: str = ""
    database: str = ""
    keep_days: Annotated[int, msgspec.Meta(ge=0, le=36500)] = 365
    voices: dict[Annotated[str, msgspec.Meta(pattern=VOICE_NAME)], OwnVoice] = {}
    sync: Sync = Sync()

    @property
    def state_folder(self) -> Path:
        """Where the journal and the paired desks are kept."""
        return Path(self.state) if self.state else platformdirs.user_state_path(APPLICATION)

    @property
    def certificate_folder(self) -> Path:
        """Where the desk's certificate and its authority are kept."""
        return self.state_folder / "tls"

    @property
    def media_folder(self) -> Path:
        """Where the clinic's own clips, beds and sounds are kept, in the layout of the shipped ones."""
        return Path(self.media) if self.media else platformdirs.user_data_path(APPLICATION) / "media"

    @property
    def synced(self) -> SyncFolder:
        """Where the scripts and media for all rooms are kept."""
        return SyncFolder(self.state_folder / "sync")

    @property
    def media_folders(self) -> tuple[Path, ...]:
        """Where media are looked for: the clinic's own, those for all its rooms, then the shipped ones."""
        synced = (self.synced.media,) if self.sync.source else ()
        return (self.media_folder, *synced, media_folder())

    def identity(self) -> Identity | None:
        """Who the room is at the clinic's broker; None without one. Raises TopicError."""
        folder = Path(self.clinic) if self.clinic else self.state_folder / "clinic"
        return identity_in(folder, self.broker, checked(self.room)) if self.broker else None

    @property
    def scenes_folder(self) -> Path:
        """Where the clinic's own scenes are, whether or not there are any."""
        return Path(self.scenes) if self.scenes else self.media_folder.parent / "scenes"

    def library(self, scenes: OwnScenes | None = None) -> Library:
        """What can be heard: the clinic's own, what is for all its rooms, and the shipped. Raises SettingsError."""
        try:
            return Library(
                *self.media_folders,
                own_voices=frozenset(self.voices),
                own_scenes=scenes or OwnScenes(self.scenes_folder),
            )
        except (OSError, *UNREADABLE) as error:
            *own, _ = map(str, self.media_folders)
            raise SettingsError(
                f"An index.json in the media folder {' or '.join(own)} cannot be read: {error}."
            ) from error

    @property
    def script_folders(self) -> tuple[Path, ...]:
        """Where scripts are looked for: the clinic's folders, what is for all its rooms, then the shipped one."""
        synced = (self.synced.scripts,) if self.sync.source else ()
        return (*map(Path, self.scripts), *synced, scripts_folder())

    def desk_address(self) -> tuple[str, int]:
        """Host and port. Raises SettingsError."""
        host, colon, port = self.desk.rpartition(":")
        if not colon or not port.isdigit() or int(port) > 65535:
            raise SettingsError(f"The desk's address “{self.desk}” is not like 127.0.0.1:8765 or 0.0.0.0:8765.")
        return host.strip("[]"), int(port)


def settings_path() -> Path:
    """The settings file."""
    return platformdirs.user_config_path(APPLICATION) / "settings.toml"


def read_settings(environment: Mapping[str, str] = os.environ, path: Path | None = None) -> Settings:
    """The settings of file and environment. Raises SettingsError."""
    path = path or settings_path()
    try:
        values: dict[str, object] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings in {path} cannot be read: {error}.") from error
    # A table of commands is no matter for an environment.
    for name in set(Settings.__struct_fields__) - {"voices", "pagers", "relays", "sync"}:
        given = environment.get(f"GUIDEPLAYER_{name.upper()}")
        if given is not None:
            values[name] = given.split(os.pathsep) if name == "scripts" else given
    sync = {name: environment.get(f"GUIDEPLAYER_SYNC_{name.upper()}") for name in Sync.__struct_fields__}
    if given_sync := {name: value for name, value in sync.items() if value is not None}:
        table = values.get("sync")
        values["sync"] = {**table, **given_sync} if isinstance(table, dict) else given_sync
    if isinstance(pagers := values.get("pagers"), list):
        values["pagers"] = [with_options(table) for table in pagers]
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"The settings (in {path} or GUIDEPLAYER_*) have a mistake: {error}.") from error
    if taken := sorted(settings.voices.keys() & {*NARRATORS, NO_VOICE}):
        raise SettingsError(
            f"The settings in {path} name a voice '{taken[0]}', which there is already: name it otherwise."
        )
    if wrong := settings.sync.problem():
        raise SettingsError(f"The settings of sync (in {path} or GUIDEPLAYER_SYNC_*) have a mistake: {wrong}.")
    return settings
