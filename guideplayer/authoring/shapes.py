"""Format 1: every key, what it holds and what it is for. The reader and the JSON Schema both come from this table."""

from guideplayer.authoring import names
from guideplayer.authoring.kinds import Flag, Format, Length, Lengths, Many, Name, Number, Text
from guideplayer.authoring.records import Field, OneOf, Shape
from guideplayer.authoring.spoken import Spoken
from guideplayer.core.playlist import Order
from guideplayer.core.script import DEFAULT_BED_LUFS, DEFAULT_LIGHT, NO_VOICE, Motion

FORMAT = 1

# A picture.
SCENE_NAME = Field("name", Name("scene", names.scenes, fixed=True), "The picture. Stays as before unless given.")
SCENE_PALETTE = Field(
    "palette",
    Name("palette", names.palettes, fixed=True),
    "The picture's colours; each scene has its own palettes, and its usual one unless given.",
)
SCENE_IMAGE = Field(
    "image", Text("the path of a picture"), "In place of a name: your own photograph, beside the script or below it."
)
SCENE_VIDEO = Field(
    "video", Text("the path of a film"), "In place of a name: your own film, beside the script or below it, silent."
)
SCENE_MOTION = Field(
    "motion",
    Name("motion", names.motions, fixed=True),
    f"How fast the picture moves. Stays as before unless given; at first {Motion.SLOW}.",
)
SCENE_LIGHT = Field(
    "light", Number(0, 1), f"How light the picture is. Stays as before unless given; at first {DEFAULT_LIGHT:g}."
)
SCENE = Shape(
    "scene",
    "a scene",
    "The picture of a phase. Keys that are not given stay as they were in the phase before.",
    (SCENE_NAME, SCENE_PALETTE, SCENE_IMAGE, SCENE_VIDEO, SCENE_MOTION, SCENE_LIGHT),
    short=SCENE_NAME,
)

# Music or ambience.
BED_NAME = Field(
    "name", Name("bed", names.beds), "The music or ambience; 'none' for none. Stays as before unless given."
)
BED_PLAYLIST = Field(
    "playlist",
    Text("the path of a folder of music"),
    "In place of a name: a folder of your own music, beside the script or below it. Its tracks melt into each other.",
)
BED_ORDER = Field(
    "order",
    Name("order", names.orders, fixed=True),
    f"In which order the tracks are heard. Stays as before unless given; at first {Order.LISTED}: by their file names.",
)
BED_SEED = Field(
    "seed", Number(0, 9999, whole=True), "Another number shuffles the tracks in another order; 0 unless given."
)
BED_LEVEL = Field(
    "level",
    Number(-60, -18),
    f"How loud it is, in LUFS (the narration is at -20). Stays as before unless given; at first {DEFAULT_BED_LUFS:g}.",
)
BED = Shape(
    "bed",
    "a bed",
    "The music or ambience under a phase. Keys that are not given stay as they were in the phase before.",
    (BED_NAME, BED_PLAYLIST, BED_ORDER, BED_SEED, BED_LEVEL),
    short=BED_NAME,
)

# Lines.
SAY = Field(
    "say",
    Spoken(),
    "The words, spoken and shown. Best below 70 letters, so that they fit on two rows. [pause 2s] is silence, and"
    " [Siobhan](/ʃɪˈvɔːn/) says how a word sounds; neither is shown.",
    required=True,
)
AUDIO = Field("audio", Text("the path of a recording"), "The line's own recording, beside the script or below it.")
VOICE = Field("voice", Name("voice", names.voices), f"Another narrator for this line; '{NO_VOICE}': it is read only.")
OPTIONAL = Field("optional", Flag(), "Whether the line may be left out, before all others, when time is short.")
KEEP = Field(
    "keep", Number(1, 9, whole=True), "The line may be left out when time is short; the lowest number goes first."
)
LINE = Shape("line", "a line", "A line that is spoken and shown.", (SAY, OPTIONAL, KEEP, AUDIO, VOICE), short=SAY)
WORDS = Shape("words", "a line here", "Words that are spoken and shown.", (SAY, AUDIO, VOICE), short=SAY)

REST_LENGTH = Field(
    "rest", Lengths(), "Silence of words: its length, or the range it may shrink and stretch in.", required=True
)
NATURAL = Field("natural", Length(), "The length that the rest has when nothing presses; the middle unless given.")
REST = Shape(
    "rest", "a rest", "Silence of words. Rests stretch and shrink to fit the infusion.", (REST_LENGTH, NATURAL)
)

SOUND_NAME = Field("sound", Name("sound", names.sounds), "A sound that is heard once.", required=True)
SOUND = Shape("sound", "a sound", "A sound that is heard once and rings on into the rest after it.", (SOUND_NAME,))

ITEM = OneOf("each line", (LINE, REST, SOUND))

# Phases.
PHASE_NAME = Field("name", Text("the name of the phase", longest=80), "What the phase is called.", required=True)
PHASE_SCENE = Field("scene", SCENE, "The picture; the one of the phase before unless given.")
PHASE_BED = Field("bed", BED, "The music or ambience; that of the phase before unless given.")
LINES = Field("lines", Many(ITEM, "a list of lines"), "What is said, and the rests between.", required=True)
PEAK = Field("peak", Flag(), "Whether this is the peak. The last phase of the infusion is, unless another says so.")
PHASE = Shape("phase", "a phase", "A part of the infusion.", (PHASE_NAME, PHASE_SCENE, PHASE_BED, LINES, PEAK))

ARRIVAL_SHAPE = Shape(
    "arrival",
    "the arrival",
    "Before the pump starts. Its last rest holds for as long as it takes.",
    (PHASE_SCENE, PHASE_BED, LINES),
)
INFUSION_LENGTH = Field("length", Lengths(), "The lengths of infusion that the script can be fitted to.", required=True)
PHASES = Field(
    "phases", Many(PHASE, "a list of phases"), "The phases, together exactly as long as the infusion.", required=True
)
INFUSION_SHAPE = Shape("infusion", "the infusion", "While the pump runs.", (INFUSION_LENGTH, PHASES))
RETURN_LENGTH = Field("length", Lengths(), "How long the return takes.", required=True)
RETURN_SHAPE = Shape(
    "return", "the return", "From the end of the pump.", (RETURN_LENGTH, PHASE_SCENE, PHASE_BED, LINES)
)

# What is said while paused.
PAUSED = Field("paused", WORDS, "Said at once when the patient pauses. Nobody knows of it yet.")
DELIVERED = Field("delivered", WORDS, "Said once a desk has confirmed that the call has arrived.")
ACKNOWLEDGED = Field("acknowledged", WORDS, "Said once a person has answered. The caption adds the person's name.")
UNANSWERED = Field("unanswered", WORDS, "Said while nobody has answered.")
RESTING = Field("resting", WORDS, "Said when staff pause and nobody was called.")
GROUNDING = Field(
    "grounding", Many(WORDS, "a list of lines"), "Said one by one, with long rests, for as long as the pause lasts."
)
HOLD_FIELDS = (PAUSED, DELIVERED, ACKNOWLEDGED, UNANSWERED, RESTING, GROUNDING)
HOLD_SHAPE = Shape(
    "hold", "the hold", "What is said while paused. The shipped words stand in for those not given.", HOLD_FIELDS
)

# What lint may find.
ALLOWED_WARNING = Field(
    "warning",
    Name("warning", names.warnings, fixed=True),
    "The code of the warning, as `check` shows it.",
    required=True,
)
ALLOWED_BECAUSE = Field("because", Text("the reason"), "Why it is right here, for whoever reads on.", required=True)
ALLOWED_PHASE = Field(
    "phase", Text("the name of the phase", longest=80), "The phase that it is allowed in; everywhere unless given."
)
ALLOWED = Shape(
    "allowed",
    "a permission",
    "A warning that this script gives with good reason.",
    (ALLOWED_WARNING, ALLOWED_BECAUSE, ALLOWED_PHASE),
)

# The whole.
VERSION = Field("guideplayer", Format(FORMAT), "The version of this format.", required=True)
TITLE = Field("title", Text("a title", longest=80), "What the script is called.", required=True)
LANGUAGE = Field(
    "language", Text("a language such as en", longest=20), "The language of the words, such as en.", required=True
)
SUMMARY = Field("summary", Text(), "What the script is like, in a sentence.")
THEMES = Field("themes", Many(Text("a theme", longest=40), "a list of themes"), "What the script is about.")
CONTAINS = Field(
    "contains",
    Many(Text("a content note", longest=40), "a list of content notes"),
    "Content notes, such as breath, body or sea; a therapist can exclude them.",
)
NARRATOR = Field(
    "voice",
    Name("voice", names.voices),
    f"The narrator; {names.DEFAULT_VOICE} unless given. '{NO_VOICE}': all is read only.",
)

ARRIVAL = Field("arrival", ARRIVAL_SHAPE, "Before the pump starts.")
INFUSION = Field("infusion", INFUSION_SHAPE, "While the pump runs.", required=True)
RETURN = Field("return", RETURN_SHAPE, "From the end of the pump.", required=True)
HOLD = Field("hold", HOLD_SHAPE, "What is said while paused.")
RESUME = Field(
    "resume", Many(WORDS, "a list of lines"), "Said when the programme goes on after a pause; one each time."
)
ALLOW = Field(
    "allow", Many(ALLOWED, "a list of permissions"), "Warnings that are not to be shown, each with its reason."
)
SCRIPT = Shape(
    "script",
    "a script",
    "A script of guideplayer, format 1.",
    (
        VERSION, TITLE, LANGUAGE, SUMMARY, THEMES, CONTAINS, NARRATOR, ARRIVAL, INFUSION, RETURN, HOLD, RESUME,
        ALLOW,
    ),
)  # fmt: skip
DEFAULT_HOLD = Shape("default-hold", "the default hold", "The shipped words of a language.", (*HOLD_FIELDS, RESUME))
