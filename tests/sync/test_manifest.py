"""What may be in a manifest, and who vouches for it."""

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guideplayer.sync import ContentError, SyncError
from guideplayer.sync.manifest import Manifest, Offered, path_problem, paths_problem, read_manifest, written
from guideplayer.sync.signing import public_text, signature_of, signing_key, verify
from tests.sync.offered import BEGUN

HASH = "0" * 64


@pytest.mark.parametrize(
    "path",
    [
        "scripts/../../settings.toml",
        "../scripts/a.yaml",
        "/etc/passwd",
        "scripts//a.yaml",
        "scripts/./a.yaml",
        "scripts/",
        "scripts",
        "",
        "C:/scripts/a.yaml",
        "scripts/C:a.yaml",
        "scripts\\..\\a.yaml",
        "other/a.yaml",
        "manifest.json",
        "scripts/.hidden",
        "media/.git/config",
        "scripts/NUL.yaml",
        "media/com1",
        "scripts/a.yaml.",
        "scripts/a.yaml ",
        "scripts/a\nb.yaml",
        "scripts/a\0.yaml",
        "scripts/e\u0301.yaml",
        "scripts/\u202eb.yaml",
        f"scripts/{'a' * 200}.yaml",
        "scripts/" + "a/" * 200 + "a",
        "scripts/\ud800.yaml",
    ],
)
def test_paths_that_lead_elsewhere_or_are_no_files_everywhere_are_refused(path):
    assert path_problem(path)


@pytest.mark.parametrize("path", ["scripts/a.yaml", "media/voices/heart/index.json", "scripts/Bilder/See é #1.jpg"])
def test_plain_paths_are_good(path):
    assert path_problem(path) == ""


@given(st.text(alphabet="./\\:aA~ \0é", max_size=20))
def test_no_path_that_is_let_through_leaves_its_folder(tmp_path_factory, text):
    base = tmp_path_factory.getbasetemp() / "base"
    path = f"scripts/{text}"
    if not path_problem(path):
        inside = (base / path).resolve()
        assert inside.is_relative_to((base / "scripts").resolve())
        assert inside != (base / "scripts").resolve()


@pytest.mark.parametrize(
    "paths", [["scripts/a.yaml", "scripts/A.yaml"], ["scripts/a", "scripts/a/b"], ["scripts/a.yaml", "scripts/a.yaml"]]
)
def test_paths_that_get_into_each_others_way_are_refused(paths):
    assert paths_problem(paths)


def test_a_manifest_is_read_as_it_was_written():
    manifest = Manifest(1, BEGUN, (Offered("scripts/a.yaml", 3, HASH),))
    assert read_manifest(written(manifest)) == manifest


def manifest_text(version="1", serial="2026-11-28T12:00:00Z", files="", more=""):
    return f'{{"guideplayer_sync": {version}, "serial": "{serial}", "files": [{files}]{more}}}'


def entry(path="scripts/a", size="1", sha256=HASH):
    return f'{{"path": "{path}", "size": {size}, "sha256": "{sha256}"}}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff[]",
        "[]",
        manifest_text(version="2"),
        manifest_text(serial="2026-11-28T12:00:00"),
        manifest_text(more=', "more": 1'),
        manifest_text(files=entry(size="-1")),
        manifest_text(files=entry(size="1e30")),
        manifest_text(files=entry(sha256="../../x")),
        manifest_text(files=entry(path="../a")),
        manifest_text(files=f"{entry()}, {entry()}"),
    ],
)
def test_what_is_no_manifest_is_refused_in_a_sentence(text):
    with pytest.raises(ContentError) as told:
        read_manifest(text.encode())
    assert re.fullmatch(r"The manifest is (none|refused).*\.", str(told.value))


def test_what_is_no_text_is_refused_too():
    with pytest.raises(ContentError):
        read_manifest(b'{"guideplayer_sync": 1, "serial": "\xff"}')


def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    file = tmp_path / "safe" / "key.pem"
    key, made = signing_key(file)
    assert made
    assert file.stat().st_mode & 0o777 == 0o600
    again, made = signing_key(file)
    assert not made
    assert public_text(again) == public_text(key)
    file.write_text("no key")
    with pytest.raises(SyncError, match=r"key.pem is no key .* name another with --key\.$"):
        signing_key(file)


def test_a_signature_is_of_the_very_bytes_and_of_this_key(tmp_path):
    key = Ed25519PrivateKey.generate()
    manifest, public = b"{}", public_text(key)
    signature = signature_of(key, manifest)
    verify(public, manifest, signature)
    other = Ed25519PrivateKey.generate()
    for wrong in (
        (public, b"{ }", signature),
        (public_text(other), manifest, signature),
        (public, manifest, signature_of(other, manifest)),
        (public, manifest, b""),
        (public, manifest, b"no base 64!"),
        (public, manifest, base64.b64encode(b"short")),
    ):
        with pytest.raises(ContentError, match="not signed with the key of the settings"):
            verify(*wrong)
