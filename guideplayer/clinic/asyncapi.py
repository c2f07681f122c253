"""What is said at the broker as an AsyncAPI document, made of the shapes and topics that rooms and stations use.

`python -m guideplayer.clinic.asyncapi` writes it anew; a test holds it to them. Each message's shape is a JSON Schema.
"""

import re
from pathlib import Path

import msgspec

from guideplayer.clinic import messages, topics
from guideplayer.clinic.messages import Message
from guideplayer.clinic.past import PastFigures

PATH = Path(__file__).with_name("asyncapi.json")
# Those that are said as they are, and not only what others have in common.
MESSAGES: tuple[type[Message], ...] = tuple(
    shape
    for shape in vars(messages).values()
    if isinstance(shape, type) and issubclass(shape, Message) and not shape.__subclasses__()
)
# A row of the table of topics: topic, message, who writes, who reads, whether it is retained.
_ROW = re.compile(r"^\| `([^`]+)` *\| (?:`(\w+)`|([^|]+?)) *\| ([^|]+?) *\| ([^|]+?) *\| *(\w*) *\|$", re.MULTILINE)
_REFERENCE = "#/components/schemas/{name}"


# What is no JSON: what the table calls it, its name in the document, and its type.
_BARE = {"a JPEG": ("Picture", "image/jpeg"), "the word pause": ("Pause", "text/plain")}


def rows() -> list[tuple[str, str, str, str, bool]]:
    """The table of topics: topic, message (empty for what is no JSON), who writes and reads it, whether it is kept."""
    return [(topic, message, writes, reads, kept) for topic, message, _, writes, reads, kept in _found()]


def _found() -> list[tuple[str, str, str, str, str, bool]]:
    found = _ROW.findall(topics.__doc__ or "")
    return [(*row, bool(kept)) for *row, kept in found]


def document() -> dict[str, object]:
    """The AsyncAPI document."""
    # The content of an answer that is no view of a room is a shape of its own.
    _, schemas = msgspec.json.schema_components((*MESSAGES, PastFigures), ref_template=_REFERENCE)
    channels: dict[str, object] = {}
    operations: dict[str, object] = {}
    for topic, shape, bare, writes, reads, retained in _found():
        message = shape or _BARE[bare][0]
        name = topic.replace("/", "-").replace("{", "").replace("}", "")
        reference = {"$ref": f"#/components/messages/{message}"}
        places: dict[str, object] = {place: {} for place in re.findall(r"\{(\w+)\}", topic)}
        channels[name] = {
            "address": f"{topics.ROOT}/{topic}",
            "description": f"Written by {writes}, read by {reads}{'; retained' if retained else ''}.",
            "parameters": places,
            "messages": {message: reference},
        }
        operations[name] = {"action": "send", "channel": {"$ref": f"#/channels/{name}"}}
    said = {
        shape.__name__: {
            "contentType": "application/json",
            "payload": {"$ref": _REFERENCE.format(name=shape.__name__)},
        }
        for shape in MESSAGES
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "guideplayer clinic",
            "version": "1",
            "description": "Rooms and stations at an MQTT 5 broker.",
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": schemas,
            "messages": {**said, **{name: {"contentType": kind} for name, kind in _BARE.values()}},
        },
    }


def written() -> bytes:
    """The document as it stands in the file."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


if __name__ == "__main__":
    PATH.write_bytes(written())
