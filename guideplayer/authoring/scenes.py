"""Which picture a phase has: each key stays as it was unless it is given, and something is shown from the start."""

from guideplayer.authoring import shapes
from guideplayer.authoring.files import beside_the_script
from guideplayer.authoring.names import palettes_of
from guideplayer.authoring.problems import nearest
from guideplayer.authoring.records import Field, Record
from guideplayer.authoring.sheet import Sheet
from guideplayer.authoring.words import listed, quoted
from guideplayer.core.scenes import IMAGE, VIDEO
from guideplayer.core.script import Motion, SceneChoice
from guideplayer.pictures import PictureError, open_film, read_upright

ANY_SIZE = (640, 360)
_PICTURES: tuple[tuple[Field[str], str], ...] = (
    (shapes.SCENE_NAME, ""),
    (shapes.SCENE_IMAGE, IMAGE),
    (shapes.SCENE_VIDEO, VIDEO),
)


class SceneReader:
    """Goes through the scenes of one script in their order."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._scene: SceneChoice | None = None

    def unknown(self) -> None:
        """What was shown before cannot be known, and one problem is enough."""
        self._scene = self._scene or SceneChoice("")

    def of(self, phase: Record) -> SceneChoice:
        """The scene of a phase."""
        scene, before = phase.get(shapes.PHASE_SCENE), self._scene or SceneChoice("")
        if self._scene is None and not phase.has(shapes.PHASE_SCENE):
            self._sheet.report("missing-key", phase.place, f"{phase.shape.title} comes first and so needs 'scene'")
        elif scene and not before.name and not any(scene.has(field) for field, _ in _PICTURES):
            self._sheet.report("missing-key", scene.place, "the first scene needs 'name': there is none before it")
        self._scene = self._changed(scene, before) if scene else before
        return self._scene

    def _changed(self, scene: Record, before: SceneChoice) -> SceneChoice:
        light = scene.get(shapes.SCENE_LIGHT)
        name, file = self._picture(scene, before)
        return SceneChoice(
            name,
            Motion(scene.get(shapes.SCENE_MOTION) or before.motion),
            before.light if light is None else light,
            self._palette(scene, name, before),
            file,
        )

    def _picture(self, scene: Record, before: SceneChoice) -> tuple[str, str]:
        """The scene's name, and its file if it has one."""
        given = [(field, kind) for field, kind in _PICTURES if scene.has(field)]
        if len(given) > 1:
            both = listed(f"'{field.name}'" for field, _ in given)
            self._sheet.report(
                "two-in-one", scene.where(given[1][0]), f"{both} stand together: a scene has one of them"
            )
        if not given:
            return before.name, before.file
        field, kind = given[0]
        value = scene.get(field)
        if not kind:
            return (value, self._own(value, scene)) if value else (before.name, "")
        return kind, self._file(value, field, kind, scene) if value else ""

    def _own(self, name: str, scene: Record) -> str:
        """The file of a scene of the clinic's own, with a problem when it cannot be shown; empty for a shipped one."""
        own = self._sheet.library.own_scenes.find(name)
        if own and own.fault:
            where = scene.where(shapes.SCENE_NAME)
            self._sheet.report("broken-scene", where, f"the scene '{name}' cannot be shown: {own.fault}")
        return own.file if own else ""

    def _file(self, name: str, field: Field[str], kind: str, scene: Record) -> str:
        """A photograph's or a film's file, absolute; empty with a problem when it cannot be shown."""
        place = scene.where(field)
        path = beside_the_script(name, place, self._sheet, "missing-picture")
        if path is None:
            return ""
        try:
            if kind == IMAGE:
                read_upright(str(path), ANY_SIZE)
            else:
                open_film(str(path))
        except PictureError as error:
            # The sentence names the whole path, which the author knows, and which a test could not.
            sentence = str(error).replace(str(path), quoted(name)).rstrip(".")
            self._sheet.report("unreadable-picture", place, sentence[0].lower() + sentence[1:])
            return ""
        return str(path)

    def _palette(self, scene: Record, name: str, before: SceneChoice) -> str:
        """The palette, which stays while the scene does."""
        palette = scene.get(shapes.SCENE_PALETTE)
        if palette is None:
            return before.palette if name == before.name else ""
        there = palettes_of(name, self._sheet.library)
        if palette in there or not name:
            return palette
        meant = nearest(palette, there)
        place = scene.where(shapes.SCENE_PALETTE)
        which = "" if meant else f": there is {listed(there)}" if there else ": it has no palettes"
        self._sheet.report(
            "unknown-palette", place, f"the scene '{name}' has no palette {quoted(palette)}{which}", meant
        )
        return ""
