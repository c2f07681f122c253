"""`guideplayer watch` as it runs: every save is read, an open page comes anew, a broken save ends nothing."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from guideplayer.media import scripts_folder
from tests.browser.chromium import chromium
from tests.printed import Printed

WAIT_S = 90


class Watching:
    """The command, and what it has told."""

    def __init__(self, folder, *options):
        environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        command = [sys.executable, "-m", "guideplayer", "watch", "mine.yaml", "--no-open", *options]
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._printed = Printed(self.process)

    def until(self, pattern):
        """All rows up to the first that holds this, of those that were not seen before."""
        return self._printed.until(pattern, WAIT_S)

    def address(self):
        return re.search(r"http://\S+", self.until("The page: ")[-1])[0]

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=WAIT_S)
        self._printed.end()
        return code


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text((scripts_folder() / "open-sky.yaml").read_text("utf-8"), "utf-8")
    return path


@contextlib.contextmanager
def watching(folder, *options):
    one = Watching(folder, *options)
    try:
        yield one
    finally:
        one.end()


def save(path, before, after):
    """As editors do: a new file that is put in place of the old one."""
    text = path.read_text("utf-8")
    assert before in text
    new = path.with_name("mine.yaml~")
    new.write_text(text.replace(before, after), "utf-8")
    new.replace(path)


@pytest.mark.browser
def test_the_open_page_follows_every_save(tmp_path, script):
    with watching(tmp_path) as watch, chromium(tmp_path / "profile") as page:

        def shows(selector, words):
            WebDriverWait(page, WAIT_S, ignored_exceptions=(Exception,)).until(
                lambda _: words in page.find_element(By.CSS_SELECTOR, selector).text
            )

        page.get(watch.address())
        shows("h1", "Open Sky")
        save(script, "title: Open Sky", "title: Wide Sky")
        refreshed = watch.until("refreshed")[-1]
        shows("h1", "Wide Sky")
        assert float(re.search(r"\(([\d.]+) s\)", refreshed)[1]) <= 2
        save(script, "title: Wide Sky", "titel: Wide Sky")
        assert re.fullmatch(
            r"mine\.yaml:\d+:1: unknown-key: a script has no key “titel”", watch.until("broken as it is")[0]
        )
        shows("#findings", "The last save cannot be played")
        shows("#findings", "A script has no key “titel”. Did you mean “title”?")
        shows("h1", "Wide Sky")
        save(script, "titel: Wide Sky", "title: High Sky")
        watch.until("refreshed")
        shows("h1", "High Sky")
        shows("#findings", "Nothing to mend")
        assert page.get_log("browser") == []


def test_a_script_that_is_broken_from_the_start_is_told_on_its_page(tmp_path, script):
    save(script, "title: Open Sky", "titel: Open Sky")
    with watching(tmp_path) as watch:
        address = watch.address()
        with urllib.request.urlopen(address) as answer:
            text = answer.read().decode()
        assert "It cannot be played yet" in text
        assert "A script has no key “titel”." in text
        save(script, "titel: Open Sky", "title: Open Sky")
        watch.until("refreshed")


def test_a_script_that_goes_and_comes_back(tmp_path, script):
    with watching(tmp_path) as watch:
        watch.until("The page: ")
        text = script.read_text("utf-8")
        script.unlink()
        assert watch.until("broken as it is")[0] == "mine.yaml: missing-file: there is no such file"
        script.write_text(text, "utf-8")
        watch.until("refreshed")


def test_the_lexicon_is_watched_with_the_script(tmp_path, script):
    with watching(tmp_path) as watch:
        watch.address()
        (tmp_path / "lexicon.yaml").write_text("sky: skaɪ\n", "utf-8")
        told = watch.until("broken as it is")
        assert "lexicon.yaml:1:6: wrong-pronunciation: the sound of “sky” stands between two strokes" in told[0]
        (tmp_path / "lexicon.yaml").unlink()
        watch.until("refreshed")


def test_the_page_on_disk_is_the_last_good_one_and_asks_for_nothing(tmp_path, script):
    with watching(tmp_path, "-o", "page.html") as watch:
        watch.until("The page: ")
        save(script, "title: Open Sky", "title: Wide Sky")
        watch.until("refreshed")
        save(script, "title: Wide Sky", "titel: Wide Sky")
        watch.until("broken as it is")
        kept = (tmp_path / "page.html").read_text("utf-8")
        assert "<h1>Wide Sky</h1>" in kept
        assert "EventSource" not in kept
        assert "connect-src &#39;none&#39;" in kept


def test_a_page_that_cannot_be_written_is_told_and_ends_nothing(tmp_path, script):
    with watching(tmp_path, "-o", "far/page.html") as watch:
        assert watch.until("The page: ")[0].startswith(
            "mine.yaml: refreshed, but far/page.html cannot be written: No such file or directory ("
        )
        save(script, "title: Open Sky", "title: Wide Sky")
        watch.until("refreshed")


def test_no_other_site_looks_in(tmp_path, script):
    with watching(tmp_path) as watch:
        request = urllib.request.Request(watch.address(), headers={"Host": "elsewhere.example:80"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 403
        refused.value.close()


def test_control_c_ends_it_in_peace(tmp_path, script):
    with watching(tmp_path) as watch:
        watch.until("The page: ")
        assert watch.end() == 0


def test_a_file_that_is_not_there(tmp_path):
    with watching(tmp_path) as watch:
        assert watch.until("missing-file") == ["mine.yaml: missing-file: there is no such file"]
        assert watch.process.wait(timeout=WAIT_S) == 1
