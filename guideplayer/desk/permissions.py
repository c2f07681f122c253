"""Who may ask what: every route and every command has a row here, and what has no row is not served."""

from collections.abc import Mapping

import msgspec

from guideplayer.desk.armed import Heartbeat
from guideplayer.desk.asked import Pairing, Revocation
from guideplayer.desk.commands import AnyCommand
from guideplayer.desk.role import Role

JSON = "application/json"
AUTHORITY_KIND = "application/x-x509-ca-cert"
LARGEST_BODY_BYTES = 16 * 1024
# A minute of a browser's recording is some 1 MB at most.
LARGEST_TAKE_BYTES = 8 * 1024 * 1024
# What browsers record in: Chromium and Firefox WebM or Ogg, Safari MP4. No form can send any of them.
TAKES = ("audio/webm", "audio/mp4", "audio/ogg")

# None stands for a page that is not paired.
Allowed = frozenset[Role | None]
STAFF: Allowed = frozenset({Role.NURSE, Role.THERAPIST})
# A record is no nurse's to destroy in a hurry.
THERAPISTS: Allowed = frozenset({Role.THERAPIST})
PAIRED: Allowed = frozenset(Role)
EVERYONE: Allowed = frozenset({*Role, None})


class Route(msgspec.Struct, frozen=True):
    """A row: who may ask it, what it is for, what it takes, up to how many bytes, and the kind of its answer.

    `takes` are content types; `body` is the shape of a JSON body; `queries` are the names of what follows a `?`, and
    `may_name` those of what may: the room, which a desk of one room need not be told.
    """

    allowed: Allowed
    says: str
    body: object = None
    takes: tuple[str, ...] = (JSON,)
    most_bytes: int = LARGEST_BODY_BYTES
    gives: str = JSON
    queries: tuple[str, ...] = ()
    may_name: tuple[str, ...] = ()


ROUTES: Mapping[str, Route] = {
    "GET /": Route(EVERYONE, "The page.", gives="text/html"),
    "GET /page/{file}": Route(EVERYONE, "A file of the page.", gives="text/*"),
    "GET /healthz": Route(EVERYONE, "Whether the desk answers."),
    "GET /ca.crt": Route(EVERYONE, "The authority that a phone has to trust, over TLS.", gives=AUTHORITY_KIND),
    "POST /api/pair": Route(EVERYONE, "Pair this desk.", Pairing),
    "POST /api/heartbeat": Route(PAIRED, "Tell of a page, every two seconds.", Heartbeat),
    "POST /api/sign-out": Route(PAIRED, "Unpair this desk."),
    "GET /api/desks": Route(STAFF, "The paired desks."),
    "POST /api/desks/revoke": Route(STAFF, "Unpair another desk.", Revocation),
    "GET /api/scripts": Route(PAIRED, "The scripts to choose from.", may_name=("room",)),
    "GET /api/scripts/{script}/{part}": Route(
        PAIRED, "A script's picture.jpg or sample.mp3.", gives="image/jpeg", may_name=("room",)
    ),
    "GET /api/events": Route(
        PAIRED, "A room now, or the board of all; then each change.", gives="text/event-stream", may_name=("room",)
    ),
    "GET /api/rooms": Route(PAIRED, "Who this desk is, and the rooms that it can see."),
    "GET /api/rooms/{room}": Route(PAIRED, "The room now."),
    "GET /api/rooms/{room}/screen.jpg": Route(PAIRED, "The picture on the patient's screen.", gives="image/jpeg"),
    "POST /api/rooms/{room}/commands": Route(STAFF, "Ask the room for something.", AnyCommand),
    "GET /api/sessions": Route(STAFF, "The past sessions."),
    "GET /api/sessions/{session}": Route(STAFF, "What a session was."),
    "GET /api/sessions/{session}/report.{kind}": Route(STAFF, "It as a file: html, csv or json.", gives="text/html"),
    "POST /api/sessions/{session}/delete": Route(THERAPISTS, "Delete it for good."),
    "GET /api/recordings": Route(THERAPISTS, "The clinic's own voices."),
    "GET /api/recordings/{voice}": Route(THERAPISTS, "What a voice has of a script.", queries=("script",)),
    "POST /api/recordings/{voice}/{line}": Route(
        THERAPISTS, "A take of a line of a script.", takes=TAKES, most_bytes=LARGEST_TAKE_BYTES, queries=("script",)
    ),
    "GET /api/recordings/{voice}/{line}/clip": Route(THERAPISTS, "A line as it will be heard.", gives="audio/ogg"),
    "GET /api/responses": Route(STAFF, "How long a clinic's calls waited.", may_name=("room", "first", "last")),
    "GET /api/responses/{table}.csv": Route(
        STAFF, "It as a table: room, hour, month or calls.", gives="text/csv", may_name=("room", "first", "last")
    ),
    "GET /api/statistics": Route(STAFF, "How long calls waited, over months."),
}

# A nurse who is alone with a patient must be able to do all of it, and so must a therapist: what one of them may not
# do could be what is needed at minute 37.
COMMANDS: Mapping[str, Allowed] = {
    "choose": STAFF,
    "begin": STAFF,
    "confirm": STAFF,
    "rehearse": STAFF,
    "hold": STAFF,
    "acknowledge": STAFF,
    "clear": STAFF,
    "resume": STAFF,
    "comfort": STAFF,
    "infusion": STAFF,
    "return": STAFF,
    "end": STAFF,
    "looked": STAFF,
    "rounds": STAFF,
    "note": STAFF,
}
