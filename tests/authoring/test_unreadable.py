"""What is no script at all gives one plain sentence, never a traceback."""

import os
from pathlib import Path

import pytest

from guideplayer.authoring.problems import render_all
from guideplayer.authoring.reader import MOST_BYTES, read_script, read_text


def told(text: str | bytes, library) -> str:
    script, problems = read_text(text, "a.yaml", library, Path())
    assert script is None
    return render_all(problems)


def told_of_file(path: Path, library) -> str:
    script, problems = read_script(path, library)
    assert script is None
    return render_all(problems)


def test_missing_file(tmp_path, library):
    (tmp_path / "open-sky.yaml").touch()

    assert told_of_file(tmp_path / "opensky.yaml", library) == (
        f"{tmp_path}/opensky.yaml: missing-file: there is no such file\nDid you mean '{tmp_path}/open-sky.yaml'?"
    )
    assert told_of_file(tmp_path / "no" / "where.yaml", library) == (
        f"{tmp_path}/no/where.yaml: missing-file: there is no such file"
    )


def test_a_folder(tmp_path, library):
    assert told_of_file(tmp_path, library) == (
        f"{tmp_path}: not-a-file: this is a folder: name a script in it, such as {tmp_path}/name.yaml"
    )


def test_a_pipe_is_not_waited_for(tmp_path, library):
    os.mkfifo(tmp_path / "pipe.yaml")

    assert told_of_file(tmp_path / "pipe.yaml", library) == (
        f"{tmp_path}/pipe.yaml: not-a-file: this is not a file that can be read whole"
    )


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/stdin"])
def test_a_device_is_not_read(device, library):
    assert told_of_file(Path(device), library) == f"{device}: not-a-file: this is not a file that can be read whole"


def test_a_link_that_leads_nowhere(tmp_path, library):
    path = tmp_path / "link.yaml"
    path.symlink_to(path)

    assert told_of_file(path, library) == f"{path}: missing-file: there is no such file"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read(tmp_path, library):
    path = tmp_path / "secret.yaml"
    path.touch(mode=0)

    assert told_of_file(path, library) == f"{path}: unreadable: the file cannot be read: Permission denied"


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="a file of Linux that fails while it is read")
def test_a_file_that_fails_while_it_is_read(library):
    assert told_of_file(Path("/proc/self/mem"), library) == (
        "/proc/self/mem: unreadable: the file cannot be read: Input/output error"
    )


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_breaks_and_byte_order_marks_change_nothing(mark, line_break, small, library):
    text = mark + small.replace("\n", line_break)

    assert read_text(text, "a.yaml", library, Path()) == read_text(small, "a.yaml", library, Path())
    assert told(text.replace("scene: dusk", "scene: dusc"), library).startswith("a.yaml:8:14: unknown-scene: ")


def test_a_name_that_no_file_can_have(tmp_path, library):
    path = tmp_path / ("x" * 300)

    assert told_of_file(path, library) == f"{path}: unreadable: the file cannot be read: File name too long"


def test_a_large_file(tmp_path, library):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))

    assert told_of_file(path, library) == f"{path}: too-large: the file is larger than 1 MB: this is no script"


@pytest.mark.parametrize("text", ["", "  \n\n", "# only a comment\n", "\ufeff", "\r\n"])
def test_empty_file(text, library):
    assert told(text, library) == "a.yaml: empty: the file holds nothing"


def test_empty_document(library):
    message = told("---\n", library)

    assert message.startswith("a.yaml:1:4: wrong-type: a script has keys (")
    assert message.endswith("), and this is nothing\n  ---\n     ^")


def test_not_utf8(library):
    assert told("title: stra\xdfe\nlanguage: de\n".encode("latin-1"), library) == (
        "a.yaml:1:12: not-utf8: the byte 0xDF is not UTF-8: save the file with the encoding UTF-8\n"
        "  title: stra\N{REPLACEMENT CHARACTER}e\n"
        "             ^"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_another_encoding(encoding, library):
    assert told("title: Small\n".encode(encoding), library) == (
        f"a.yaml: not-utf8: this file is {encoding.upper()}: save it with the encoding UTF-8"
    )


def test_not_utf8_after_a_byte_order_mark(library):
    assert told(b"\xef\xbb\xbftitle: stra\xdfe\n", library) == (
        "a.yaml:1:12: not-utf8: the byte 0xDF is not UTF-8: save the file with the encoding UTF-8\n"
        "  title: stra\N{REPLACEMENT CHARACTER}e\n"
        "             ^"
    )


def test_nul(library):
    assert told("title: Sm\0all\n", library) == (
        "a.yaml:1:10: nul: a NUL character stands here: this is not a text file\n"
        "  title: Sm\N{REPLACEMENT CHARACTER}all\n"
        "           ^"
    )


def test_a_terminal_is_never_sent_a_command(small, library):
    text = small.replace("title: Small", "title: \x1b[2J").replace("scene: dusk", "scene: dusc # \u202e\ufeff")

    assert told(text, library) == (
        "a.yaml:2:8: control-character: the character U+001B cannot be shown: delete it\n"
        "  title: \N{REPLACEMENT CHARACTER}[2J\n"
        "         ^\n"
        "\n"
        "a.yaml:8:14: unknown-scene: there is no scene “dusc”\n"
        "        scene: dusc # \N{REPLACEMENT CHARACTER}\ufeff\n"
        "               ^\n"
        "Did you mean 'dusk'?\n"
        "\n"
        "a.yaml:8:21: control-character: the character U+202E cannot be shown: delete it\n"
        "        scene: dusc # \N{REPLACEMENT CHARACTER}\ufeff\n"
        "                      ^\n"
        "\n"
        "a.yaml:8:22: control-character: the character U+FEFF cannot be shown: delete it\n"
        "        scene: dusc # \N{REPLACEMENT CHARACTER}\ufeff\n"
        "                       ^"
    )


def test_an_escaped_control_character(small, library):
    assert told(small.replace("title: Small", r'title: "\e[2J"'), library) == (
        "a.yaml:2:8: control-character: “\N{REPLACEMENT CHARACTER}[2J” holds a character that cannot be shown\n"
        '  title: "\\e[2J"\n'
        "         ^"
    )


def test_tab_indentation(library):
    assert told("infusion:\n\tlength: 1m\n", library) == (
        "a.yaml:2:1: tab: a tab cannot indent a line: use spaces\n   length: 1m\n  ^"
    )


def test_a_second_document(library):
    assert told("a: 1\n---\nb: 2\n", library) == (
        "a.yaml:2:1: several-documents: a second document starts here: a script is one document\n  ---\n  ^"
    )


def test_a_python_tag_makes_nothing(small, library):
    text = small.replace("title: Small", 'title: !!python/object/apply:os.abort ["now"]')

    assert told(text, library) == (
        "a.yaml:2:8: tag: the tag “!!python/object/apply:os.abort” has no meaning in a script: leave it out\n"
        '  title: !!python/object/apply:os.abort ["now"]\n'
        "         ^\n"
        "\n"
        "a.yaml:2:8: wrong-type: this is a list, where a title belongs\n"
        '  title: !!python/object/apply:os.abort ["now"]\n'
        "         ^"
    )


def test_alias_bomb(library):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 20))

    assert told(bomb, library) == (
        "a.yaml:4:45: too-much: more than 10000 values, an alias counted each time: no script needs that\n"
        "  a3: &a3 [*a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2]\n"
        "                                              ^"
    )


@pytest.mark.parametrize("text", ["[" * 5_000, "[\n" * 100_000, "a: {" * 1_000, "- " * 2_000])
def test_endless_nesting(text, library):
    assert ": too-deep: nested deeper than 32 levels: no script needs that\n" in told(text, library)


def test_an_endless_line(library):
    assert told(f"title: a\nsummary: {'b' * 30_000}\n", library) == (
        "a.yaml:2:1: long-line: this line has more than 5000 letters: break it into several\n"
        f"  summary: {'b' * 91}\n"
        "  ^"
    )


def test_endless_empty_lists(library):
    assert ": too-much: " in told("- []\n" * 100_000, library)
