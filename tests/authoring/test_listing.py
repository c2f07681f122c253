import pytest

from guideplayer.authoring.listing import Listing, list_scripts
from guideplayer.authoring.template import new_script
from guideplayer.core.density import Density, density_of
from guideplayer.media import scripts_folder, shipped_library


def test_scripts_are_listed_by_name_the_first_folder_first_and_broken_ones_last(tmp_path, small, library):
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder in (own, shipped):
        folder.mkdir()
    (own / "calm.yaml").write_text(small.replace("title: Small", "title: My calm\nthemes: [sky]"), "utf-8")
    (shipped / "calm.yaml").write_text(small, "utf-8")
    (shipped / "broken.yaml").write_text("guideplayer: 1\ntitle: [x]\n", "utf-8")
    (shipped / "template.yaml").write_text(small, "utf-8")
    (shipped / "notes.txt").write_text("no script", "utf-8")

    calm, broken = list_scripts([own, shipped, tmp_path / "none"], library)
    assert calm == Listing(
        name="calm",
        file=str(own / "calm.yaml"),
        title="My calm",
        language="en",
        voice="heart",
        voices=("heart", "onyx"),
        themes=("sky",),
        shortest_ms=60_000,
        longest_ms=120_000,
        lines=2,
        # 6 words in an infusion of a minute and a half, the middle of its lengths.
        words_per_minute=4.0,
        density=Density.SPARSE,
    )
    assert (broken.name, broken.title, broken.readable) == ("broken", "broken", False)
    assert broken.problems[0] == "Line 1: a script needs 'language': the language of the words, such as en"
    assert len(broken.problems) == 4


def test_a_voice_counts_only_with_every_clip_there(tmp_path, small, library):
    (tmp_path / "small.yaml").write_text(small, "utf-8")
    (library.folders[0] / "voices" / "onyx" / "0.ogg").unlink()
    (listing,) = list_scripts([tmp_path], library)
    assert (listing.voices, listing.problems) == (("heart",), ())
    (library.folders[0] / "voices" / "heart" / "1.ogg").unlink()
    (listing,) = list_scripts([tmp_path], library)
    assert listing.voices == ()
    assert listing.problems == (
        "Line 15: no clip of “You are here.” in the voice 'heart': "
        f"make it with `guideplayer voice {tmp_path / 'small.yaml'}`",
    )


@pytest.mark.parametrize(
    ("words_per_minute", "density"),
    [
        (0.0, Density.MUSIC),
        (1.8, Density.MUSIC),
        (2.4, Density.MUSIC),
        (2.5, Density.SPARSE),
        (4.4, Density.SPARSE),
        (4.5, Density.FULL),
        (130.0, Density.FULL),
    ],
)
def test_density_has_three_words(words_per_minute, density):
    assert density_of(words_per_minute) is density


def test_a_new_script_is_as_dense_as_was_asked_for(tmp_path):
    for density in Density:
        text = new_script("new.yaml", density.value, "en", density, translated=True)
        (tmp_path / f"{density}.yaml").write_text(text, "utf-8")
    listings = list_scripts([tmp_path], shipped_library())
    assert {one.name: one.density for one in listings} == {density.value: density for density in Density}


def test_the_shipped_scripts_are_as_dense_as_their_titles_promise():
    listings = {one.name: one.density for one in list_scripts([scripts_folder()], shipped_library())}
    assert "template" not in listings
    assert listings["open-sky"] is Density.FULL
    assert listings["long-quiet"] is Density.MUSIC
