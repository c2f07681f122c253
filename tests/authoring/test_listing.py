from guideplayer.authoring.listing import Listing, list_scripts


def test_scripts_are_listed_by_name_the_first_folder_first(tmp_path, small, library):
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder in (own, shipped):
        folder.mkdir()
    (own / "calm.yaml").write_text(small.replace("title: Small", "title: My calm\nthemes: [sky]"), "utf-8")
    (shipped / "calm.yaml").write_text(small, "utf-8")
    (shipped / "broken.yaml").write_text("title: [x]\n", "utf-8")
    (shipped / "notes.txt").write_text("no script", "utf-8")

    assert list_scripts([own, shipped, tmp_path / "none"], library) == [
        Listing("broken", str(shipped / "broken.yaml"), "broken", problems=5),
        Listing(
            name="calm",
            file=str(own / "calm.yaml"),
            title="My calm",
            language="en",
            voice="heart",
            themes=("sky",),
            shortest_ms=60_000,
            longest_ms=120_000,
            lines=2,
            # 6 words over two lines of 3 s and rests of 60, 55 and 35 s.
            words_per_minute=2.3,
        ),
    ]
