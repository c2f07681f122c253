"""The schema says of each key what the reader does with it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guideplayer.authoring.durations import read_length_ms, read_span
from guideplayer.authoring.nodes import compose
from guideplayer.authoring.schema import json_schema
from guideplayer.authoring.shapes import SCRIPT
from guideplayer.authoring.sheet import Sheet
from guideplayer.core.scenes import SCENE_NAMES
from guideplayer.media import Library, scripts_folder, shipped_library
from tests.authoring.shape_documents import right, slipped

WHOLE = Path(__file__).parent / "scripts/whole.yaml"
SMALL = WHOLE.with_name("small.yaml")


@pytest.fixture
def schema(library: Library) -> dict:
    return json_schema(library)


def parts(of: object) -> Iterator[dict]:
    """Every object in a JSON document."""
    if isinstance(of, dict):
        yield of
        for value in of.values():
            yield from parts(value)
    elif isinstance(of, list):
        for value in of:
            yield from parts(value)


def test_every_reference_leads_somewhere(schema):
    references = {part["$ref"].removeprefix("#/$defs/") for part in parts(schema) if "$ref" in part}

    assert references == set(schema["$defs"])


def test_every_key_is_described(schema):
    for name, definition in schema["$defs"].items():
        assert definition["description"], name
        for key, value in definition["properties"].items():
            assert value["description"].endswith("."), (name, key)


def test_needed_and_known_keys(schema):
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$ref"] == "#/$defs/script"
    assert schema["$defs"]["script"]["required"] == ["guideplayer", "title", "language", "infusion", "return"]
    assert schema["$defs"]["phase"]["properties"].keys() == {"name", "scene", "bed", "lines", "peak"}
    assert all(definition["additionalProperties"] is False for definition in schema["$defs"].values())


def test_editors_can_offer_the_names_of_the_library(schema):
    scene, bed = schema["$defs"]["scene"]["properties"], schema["$defs"]["bed"]["properties"]

    assert scene["name"]["enum"] == sorted(SCENE_NAMES)
    assert scene["motion"]["enum"] == ["normal", "slow", "still"]
    assert bed["name"]["examples"] == ["evening-pad", "none", "piano-sparse", "tide"]


@pytest.mark.parametrize("text", ["20s", "4m", "1m30s", "1h", "2.5s", "20s..90s", "1m..1m30s", " 20s", "1m .. 2m"])
def test_durations_of_the_reader_are_durations_of_the_schema(schema, text):
    ranges, length = _patterns(schema)

    assert re.search(ranges, text)
    assert read_span(text) is not None
    assert bool(re.search(length, text)) == (read_length_ms(text) is not None)


@pytest.mark.parametrize(
    "text", ["", "20", "s", "1:30", "20s..", "..20s", "20s-90s", "1m 30s", "20S", "30s1m", "٣s", "20s..90s..2m"]
)
def test_what_is_no_duration_for_the_reader_is_none_for_the_schema(schema, text):
    ranges, length = _patterns(schema)

    assert not re.search(ranges, text)
    assert not re.search(length, text)
    assert read_span(text) is None


def _patterns(schema: dict) -> tuple[str, str]:
    rest = schema["$defs"]["rest"]["properties"]
    return rest["rest"]["pattern"], rest["natural"]["pattern"]


@pytest.mark.parametrize("path", [WHOLE, SMALL, *scripts_folder().glob("*.yaml")], ids=lambda path: path.name)
def test_scripts_are_valid(schema, path):
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema, jsonschema.Draft202012Validator)


NAMES_OF_A_LIBRARY = {"unknown-bed", "unknown-sound", "unknown-voice"}
DOCUMENTS = right(SCRIPT, shipped_library())
WHOLE_SCHEMA = json_schema(shipped_library())
VALIDATOR = jsonschema.Draft202012Validator(WHOLE_SCHEMA)


def reported(document: object) -> set[str]:
    """The codes that the reader reports of a document that is written as YAML."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    sheet = Sheet(text, "a.yaml", shipped_library(), Path())
    node = compose(sheet)
    assert node, sheet.problems
    SCRIPT.read(node, sheet)
    return {problem.code for problem in sheet.problems}


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(WHOLE_SCHEMA)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(DOCUMENTS)
def test_what_the_shapes_allow_is_right_for_the_reader_and_for_the_schema(document):
    assert reported(document) == set()
    VALIDATOR.validate(document)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(DOCUMENTS, st.data())
def test_the_schema_rejects_what_the_reader_reports_and_nothing_else(document, data):
    document = slipped(document, data)

    codes = reported(document)
    # A bed of another place's library is no slip to the schema, which only offers the names that are here.
    if not codes or not codes <= NAMES_OF_A_LIBRARY:
        assert VALIDATOR.is_valid(document) == (not codes), document


def test_the_shipped_schema_is_up_to_date():
    shipped = scripts_folder() / "guideplayer.schema.json"

    assert json.loads(shipped.read_bytes()) == json.loads(json.dumps(WHOLE_SCHEMA)), (
        f"renew it with: GUIDEPLAYER_MEDIA=none guideplayer schema --output {shipped}"
    )


@pytest.mark.parametrize("path", sorted(scripts_folder().glob("*.yaml")), ids=lambda path: path.name)
def test_editors_find_the_schema_beside_each_shipped_script(path):
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=guideplayer.schema.json\n")


def schema_command(tmp_path: Path, output: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guideplayer", "schema", "--output", str(output)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "GUIDEPLAYER_MEDIA": str(tmp_path)},
        timeout=180,
    )


def test_the_command_writes_the_shipped_schema(tmp_path):
    done = schema_command(tmp_path, tmp_path / "schema.json")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "schema.json").read_bytes() == (scripts_folder() / "guideplayer.schema.json").read_bytes()


def test_where_nothing_can_be_written_is_told(tmp_path):
    done = schema_command(tmp_path, tmp_path / "no" / "schema.json")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{tmp_path}/no/schema.json cannot be written: No such file or directory.\n"
