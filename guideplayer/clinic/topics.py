"""The topics on the broker: who writes what, and who reads it.

| topic below `guideplayer/1/`          | message       | written by  | read by         | retained |
|---------------------------------------|---------------|-------------|-----------------|----------|
| `room/{room}/beat`                    | `Beat`        | the room    | stations        |          |
| `room/{room}/state`                   | `RoomState`   | the room    | stations        | yes      |
| `room/{room}/call`                    | `OpenCall`    | the room    | stations, relay | yes      |
| `room/{room}/view`                    | `View`        | the room    | who looks       |          |
| `room/{room}/screen`                  | a JPEG        | the room    | who looks       |          |
| `room/{room}/gone`                    | `Gone`        | the broker  | stations        |          |
| `room/{room}/command`                 | `Command`     | stations    | the room        |          |
| `room/{room}/question`                | `Question`    | stations    | the room        |          |
| `room/{room}/receipt`                 | `Receipt`     | stations    | the room        |          |
| `room/{room}/looking`                 | `Looking`     | stations    | the room        |          |
| `room/{room}/pause`                   | the word pause | Home Assistant | the room     |          |
| `station/{station}/beat`              | `StationBeat` | the station | rooms           |          |
| `station/{station}/gone`               | `Gone`        | the broker  | rooms           |          |
| `station/{station}/answer/{room}`     | `Answer`      | the room    | the station     |          |
"""

import functools

ROOT = "guideplayer/1"
# What a room writes and reads below its own topic.
TOLD = ("beat", "state", "call", "view", "screen", "gone")
ASKED = ("command", "question", "receipt", "looking")
# A word that others than stations may say: it pauses, and can do nothing else.
PAUSE = "pause"
LONGEST_NAME = 64


class TopicError(Exception):
    """A room or a station cannot bear this name on a broker; the text says why."""


def checked(name: str) -> str:
    """A name that can be a level of a topic. Raises TopicError."""
    if not name.strip() or len(name) > LONGEST_NAME or any(letter in "/+#" or ord(letter) < 32 for letter in name):
        raise TopicError(
            f"“{name}” cannot be a name at a clinic's broker: take up to {LONGEST_NAME} letters without /, + and #."
        )
    return name


def of_room(room: str, what: str) -> str:
    """A topic of a room; `+` for all of them."""
    return f"{ROOT}/room/{room}/{what}"


def of_station(station: str, what: str) -> str:
    """A topic of a station; `+` for all of them."""
    return f"{ROOT}/station/{station}/{what}"


@functools.lru_cache(maxsize=4096)
def fits(pattern: str, topic: str) -> bool:
    """Whether a topic is one of those that a pattern asks for."""
    wanted, had = pattern.split("/"), topic.split("/")
    return len(wanted) == len(had) and all(part in ("+", level) for part, level in zip(wanted, had, strict=True))


def parts(topic: str) -> tuple[str, str, str]:
    """What a topic is about: `room` or `station`, its name, and the rest."""
    _, _, kind, name, what = topic.split("/", 4)
    return kind, name, what
