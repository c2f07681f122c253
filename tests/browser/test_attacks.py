"""Attacks from hostile pages in a real browser, in which a nurse's desk is paired: each has to fail.

The hostile pages are of another site (localhost) and of the same site at another port (127.0.0.1), where cookies are
sent along. The same acts succeed from the desk's own page, so that no attack fails for a reason of its own.
"""

import base64
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from PIL import Image
from selenium.common.exceptions import NoSuchElementException
from selenium.webdriver.common.by import By

from guideplayer.desk.certificates import Certificates, utc_now
from tests.browser.chromium import chromium, complaints, need_chromium
from tests.browser.nurse import Nurse, session_under_way
from tests.browser.served_desk import ServedDesk

pytestmark = pytest.mark.browser
COMMANDS = "/api/rooms/Room%201/commands"
WITHIN_S = 60


class HostilePage(BaseHTTPRequestHandler):
    """An empty page, to run attacks from."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>hostile</title><body></body>")

    def log_message(self, format: str, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def hostile_port() -> Iterator[int]:
    need_chromium()
    server = ThreadingHTTPServer(("127.0.0.1", 0), HostilePage)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nurse]:
    """A nurse whose desk is paired, a session under way, in the browser that the attacks use."""
    need_chromium()
    folder = tmp_path_factory.mktemp("attacks")
    served = ServedDesk(folder)
    try:
        session_under_way(served.room)
        picture = io.BytesIO()
        Image.new("RGB", (64, 36), "navy").save(picture, "jpeg")
        served.room.jpeg = picture.getvalue()
        with chromium(folder / "profile", flags=["--host-resolver-rules=MAP rebound.example 127.0.0.1"]) as page:
            page.set_script_timeout(WITHIN_S)
            nurse = Nurse(page, served)
            nurse.pair()
            yield nurse
    finally:
        served.close()


@pytest.fixture(params=["localhost", "127.0.0.1"], ids=["another site", "another port"])
def hostile(request: pytest.FixtureRequest, paired: Nurse, hostile_port: int) -> Nurse:
    paired.room.commands.clear()
    paired.page.get(f"http://{request.param}:{hostile_port}/")
    return paired


def learned(nurse: Nurse, attack: str) -> object:
    """What a page learns by an attack: a script of its own that ends with `done(...)`."""
    origin = nurse.served.desk.address.rstrip("/")
    script = f"const desk = '{origin}', commands = '{origin}{COMMANDS}', done = arguments[0]; {attack}"
    return nurse.page.execute_async_script(script)


def post(mode: str, kind: str) -> str:
    return f"""fetch(commands, {{ method: 'POST', mode: '{mode}', credentials: 'include',
      headers: {{ 'Content-Type': '{kind}' }}, body: JSON.stringify({{ command: 'hold' }}) }})
      .then((answer) => answer.text()).then(done, (error) => done(String(error)));"""


READ = """fetch(desk + '/api/rooms', { mode: MODE, credentials: 'include' })
  .then((answer) => answer.text()).then(done, (error) => done(String(error)));"""
FORM = """const frame = document.createElement('iframe'); frame.name = 'hidden';
  const form = Object.assign(document.createElement('form'),
    { action: commands, method: 'post', enctype: ENCTYPE, target: 'hidden' });
  const name = '{"command": "note", "tag": "nausea", "text": "';
  form.append(Object.assign(document.createElement('input'), { name, value: '"}' }));
  document.body.append(frame, form); frame.onload = () => done('loaded'); form.submit();"""
PART = """const part = document.createElement(TAG);
  part.onload = () => done('loaded'); part.onerror = () => done('refused');
  Object.assign(part, PROPERTIES); document.body.append(part);"""
EVENTS = """const source = new EventSource(desk + '/api/events', { withCredentials: true });
  source.addEventListener('snapshot', (event) => done(event.data)); source.onerror = () => done('refused');"""
SOCKET = """const socket = new WebSocket(desk.replace('http', 'ws') + '/api/events');
  socket.onopen = () => done('open'); socket.onmessage = (event) => done(event.data);
  socket.onerror = () => done('refused');"""
BEACON = """navigator.sendBeacon(commands, new Blob([JSON.stringify({ command: 'hold' })], { type: TYPE }));
  setTimeout(() => done('sent'), 500);"""
WINDOW = """const other = window.open(desk + '/');
  setTimeout(() => { let seen = 'nothing'; try { seen = other.document.title; } catch { } done([other.closed, seen]); },
    1500);"""
FAILED = "TypeError: Failed to fetch"


def test_the_own_page_can_do_what_the_attacks_try(paired: Nurse) -> None:
    paired.room.commands.clear()
    paired.page.get(paired.served.desk.address)
    assert '"play":"holding"' in str(learned(paired, post("cors", "application/json")))
    assert [name for name, *_ in paired.room.commands] == ["hold"]
    assert '"name":"Maria"' in str(learned(paired, READ.replace("MODE", "'cors'")))
    assert '"play"' in str(learned(paired, EVENTS))
    for picture in ("/page/calm.svg", "/api/rooms/Room%201/screen.jpg"):
        assert learned(paired, part("img", f"src: desk + '{picture}'")) == "loaded"


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("no-cors", "text/plain"),
        ("no-cors", "application/x-www-form-urlencoded"),
        ("cors", "text/plain"),
        ("cors", "application/json"),
    ],
)
def test_another_page_cannot_command(hostile: Nurse, mode: str, kind: str) -> None:
    assert learned(hostile, post(mode, kind)) in (FAILED, "")
    assert hostile.room.commands == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_pages_form_cannot_command(hostile: Nurse, kind: str) -> None:
    assert learned(hostile, FORM.replace("ENCTYPE", f"'{kind}'")) == "loaded"
    assert hostile.room.commands == []


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_beacon_cannot_command(hostile: Nurse, kind: str) -> None:
    assert learned(hostile, BEACON.replace("TYPE", f"'{kind}'")) == "sent"
    assert hostile.room.commands == []


@pytest.mark.parametrize("mode", ["cors", "no-cors"])
def test_another_page_cannot_read(hostile: Nurse, mode: str) -> None:
    assert learned(hostile, READ.replace("MODE", f"'{mode}'")) in (FAILED, "")


def part(tag: str, properties: str) -> str:
    return PART.replace("TAG", f"'{tag}'").replace("PROPERTIES", f"{{ {properties} }}")


@pytest.mark.parametrize(
    ("tag", "properties"),
    [
        ("img", "src: desk + '/api/rooms/Room%201/screen.jpg'"),
        ("img", "src: desk + '/page/calm.svg'"),
        ("script", "src: desk + '/api/rooms'"),
        ("script", "src: desk + '/page/format.js', type: 'module'"),
        ("link", "href: desk + '/page/desk.css', rel: 'stylesheet'"),
    ],
)
def test_another_page_cannot_load_parts(hostile: Nurse, tag: str, properties: str) -> None:
    assert learned(hostile, part(tag, properties)) == "refused"


def test_another_page_cannot_show_the_desk_in_a_frame(hostile: Nurse) -> None:
    hostile.page.execute_async_script(
        "const done = arguments[1], frame = document.createElement('iframe'); frame.onload = () => done();"
        "frame.src = arguments[0]; document.body.append(frame);",
        hostile.served.desk.address,
    )
    hostile.page.switch_to.frame(hostile.page.find_element(By.TAG_NAME, "iframe"))
    with pytest.raises(NoSuchElementException):
        hostile.page.find_element(By.ID, "main")
    hostile.page.switch_to.default_content()


def test_another_page_cannot_listen(hostile: Nurse) -> None:
    assert learned(hostile, EVENTS) == "refused"
    assert learned(hostile, SOCKET) == "refused"


def test_another_page_keeps_no_hold_on_a_window_of_the_desk(hostile: Nurse) -> None:
    before = hostile.page.current_window_handle
    assert learned(hostile, WINDOW) == [True, "nothing"]
    for window in set(hostile.page.window_handles) - {before}:
        hostile.page.switch_to.window(window)
        assert hostile.page.execute_script("return window.opener") is None
        hostile.page.close()
    hostile.page.switch_to.window(before)


def test_a_link_cannot_command(hostile: Nurse) -> None:
    for path in (COMMANDS, "/api/sign-out", "/api/desks/revoke"):
        hostile.page.get(hostile.served.desk.address.rstrip("/") + path)
        assert "That cannot be done here." in hostile.page.page_source
    assert hostile.room.commands == []
    assert len(hostile.served.within(hostile.served.access.sessions)) == 1


def test_a_name_that_is_bent_to_this_machine_is_no_way_in(paired: Nurse) -> None:
    """DNS rebinding: the hostile page's own name leads to the desk, so that the browser takes them for one."""
    paired.room.commands.clear()
    origin = f"http://rebound.example:{urlsplit(paired.served.desk.address).port}"
    paired.page.get(f"{origin}/")
    assert "This desk does not answer under that address." in paired.page.page_source
    for script in (post("cors", "application/json"), READ.replace("MODE", "'cors'")):
        rebound = script.replace("commands,", f"'{origin}{COMMANDS}',").replace("desk +", f"'{origin}' +")
        assert "This desk does not answer under that address." in str(learned(paired, rebound))
    assert paired.room.commands == []


def test_what_people_type_is_never_markup(served: ServedDesk, tmp_path: Path) -> None:
    room, name = served.room, "<img src=x onerror=hacked=1>"
    session_under_way(room)
    with chromium(tmp_path / "profile") as page:
        nurse = Nurse(page, served)
        nurse.pair(name)
        nurse.tap("foot-desks")
        nurse.see("desks-list", name)
        nurse.tap("desks-close")
        nurse.tap("arm-button")
        served.within(room.press)
        nurse.tap("call-coming")
        nurse.see("call-words", name.upper())
        assert page.execute_script("return [window.hacked, document.images[0].src, document.images.length]") == [
            None,
            page.execute_script("return document.getElementById('picture-image').src"),
            1,
        ]


def test_a_script_that_gets_into_the_page_does_not_run(paired: Nurse) -> None:
    paired.page.get(paired.served.desk.address)
    paired.see("arm-button")
    refused = paired.page.execute_async_script(
        """const done = arguments[0], found = [];
        for (const act of [
          () => { document.body.innerHTML = '<img src=x onerror="window.hacked = 1">'; },
          () => { const one = document.createElement('script'); one.textContent = 'window.hacked = 1';
                  document.body.append(one); },
          () => { const one = document.createElement('script'); one.src = 'data:text/javascript,window.hacked=1';
                  document.body.append(one); },
        ]) try { act(); found.push('taken'); } catch (error) { found.push(error.name); }
        setTimeout(() => done([found, window.hacked ?? null]), 300);"""
    )
    assert refused == [["TypeError", "TypeError", "TypeError"], None]


def test_over_https_the_page_is_whole_and_its_cookie_stays_there(tmp_path: Path) -> None:
    need_chromium()
    certificates = Certificates(tmp_path / "tls")
    certificates.make(["localhost", "127.0.0.1"], utc_now())
    served = ServedDesk(tmp_path, certificates=certificates)
    try:
        with chromium(
            tmp_path / "profile", flags=[f"--ignore-certificate-errors-spki-list={pin(certificates)}"]
        ) as page:
            nurse = Nurse(page, served)
            page.get(served.desk.address)
            nurse.see("pair-secret", "Install the certificate of this room's computer")
            assert not nurse.shown("pair-plain")
            link = page.find_element(By.CSS_SELECTOR, "#pair-secret a").get_attribute("href")
            assert link == f"{served.desk.address}ca.crt"
            nurse.pair()
            nurse.arm()
            [cookie] = page.get_cookies()
            assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")
            assert page.execute_script("return [isSecureContext, 'wakeLock' in navigator]") == [True, True]
            assert complaints(page) == []
    finally:
        served.close()


def pin(certificates: Certificates) -> str:
    """The desk's public key as Chromium takes it for trusted."""
    key = certificates.serving().public_key()
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
    return base64.b64encode(digest.finalize()).decode()
