"""The desk over TLS: real handshakes, by a client that trusts nothing but this machine's authority."""

import asyncio
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from cryptography import x509

from guideplayer.desk import certificates as module
from guideplayer.desk.access import Access
from guideplayer.desk.certificates import Certificates, own_names, utc_now
from guideplayer.desk.door import Limits
from guideplayer.desk.server import Desk
from guideplayer.desk.signing import CertificateError
from guideplayer.doctor import network
from guideplayer.doctor.finding import Verdict
from tests.desk.conftest import HandClock, Visitor
from tests.desk.crowd import crowd
from tests.desk.fake_room import FakeRoom

NAMES = ["localhost", "127.0.0.1", "::1", "room-1.clinic.example"]


def trusting(certificates: Certificates) -> ssl.SSLContext:
    """A client that has installed what the desk gives to download, and knows no other authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificates.download())
    return context


@pytest.fixture
async def secret(room: FakeRoom, access: Access, clock: HandClock, certificates: Certificates) -> AsyncIterator[Desk]:
    """A desk over TLS."""
    desk = Desk(room.rooms, access, clock, certificates=certificates, limits=Limits(connections_of_an_address=20))
    await desk.start("127.0.0.1", 0)
    yield desk
    await desk.stop()


@pytest.fixture
async def phone(secret: Desk, certificates: Certificates) -> AsyncIterator[Visitor]:
    """A phone that trusts the room."""
    connector = aiohttp.TCPConnector(ssl=trusting(certificates))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), connector=connector) as http:
        yield Visitor(http, secret.address)


def served(desk: Desk, certificates: Certificates, name: str = "127.0.0.1") -> x509.Certificate:
    """The certificate with which a desk is served, once a client has found nothing wrong with it."""
    at = urlsplit(desk.address)
    with (
        socket.create_connection((at.hostname, at.port), 10) as sock,
        trusting(certificates).wrap_socket(sock, server_hostname=name) as tls,
    ):
        return x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")


async def test_everything_goes_over_tls(secret: Desk, phone: Visitor, access: Access, room: FakeRoom) -> None:
    assert secret.address.startswith("https://127.0.0.1:")
    body = {"code": access.code, "name": "Maria"}
    async with phone.http.post(f"{phone.address}/api/pair", json=body, headers={"Origin": phone.address}) as answer:
        assert answer.status == 200
        assert "Secure" in answer.headers["Set-Cookie"]
    assert (await phone.command("choose", script="open-sky", infusion_ms=2_400_000))[0] == 200
    assert [name for name, *_ in room.commands] == ["choose"]
    plain = phone.address.replace("https", "http")
    status, _ = await phone.post("/api/pair", body, Origin=plain)
    assert status == 403


async def test_who_speaks_plainly_is_not_answered(secret: Desk) -> None:
    at = urlsplit(secret.address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(f"GET / HTTP/1.1\r\nHost: {at.netloc}\r\n\r\n".encode())
    async with asyncio.timeout(40):
        answer = await reader.read()
    assert b"HTTP" not in answer
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("name", NAMES)
async def test_the_desk_answers_under_the_names_of_its_certificate(
    secret: Desk, certificates: Certificates, name: str
) -> None:
    assert await asyncio.to_thread(served, secret, certificates, name)


async def test_another_name_is_not_believed(secret: Desk, certificates: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        await asyncio.to_thread(served, secret, certificates, "evil.example")


async def test_a_name_of_the_certificate_is_a_host_of_the_desk(phone: Visitor) -> None:
    port = urlsplit(phone.address).port
    assert (await phone.get("/", Host=f"room-1.clinic.example:{port}"))[0] == 200
    assert (await phone.get("/", Host=f"room-2.clinic.example:{port}"))[0] == 421


async def test_a_phone_downloads_what_it_has_to_trust(phone: Visitor, certificates: Certificates) -> None:
    async with phone.http.get(f"{phone.address}/ca.crt") as answer:
        assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
        found = x509.load_der_x509_certificate(await answer.read())
    assert found == certificates.authority()
    assert certificates.fingerprint().count(":") == 31


async def test_without_tls_there_is_nothing_to_trust(stranger: Visitor) -> None:
    assert await stranger.get("/ca.crt") == (404, {"problem": "There is nothing here."})


async def test_an_authority_in_wrong_hands_can_vouch_for_no_other_site(
    secret: Desk, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were its key stolen, a phone that trusts it would still refuse what it signs for a bank."""
    monkeypatch.setattr(module, "_permits", lambda *_: True)
    certificates.renew(["bank.example"], utc_now())
    secret.keep_certificate()
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        await asyncio.to_thread(served, secret, certificates, "bank.example")


@pytest.mark.parametrize("name", ["bank.example", "8.8.8.8", "2001:4860:4860::8888"])
def test_the_authority_signs_for_no_other_site(certificates: Certificates, name: str) -> None:
    with pytest.raises(CertificateError) as refusal:
        certificates.renew([name], utc_now())
    assert str(refusal.value) == (
        f"The authority in use cannot vouch for {name}. Make another with `guideplayer desk cert --replace "
        f"--name {name}`; every phone then has to install it again."
    )


@pytest.mark.parametrize("name", ["192.168.7.9", "10.1.2.3", "room-2.local", "ward.room-1.clinic.example"])
def test_a_machine_that_moves_within_private_networks_needs_no_new_authority(
    certificates: Certificates, name: str
) -> None:
    before = certificates.authority()
    assert certificates.due([name], utc_now())
    certificates.renew([name], utc_now())
    assert certificates.names() == ["localhost", "127.0.0.1", "::1", "room-1.clinic.example", name]
    assert certificates.authority() == before
    assert not certificates.due([name], utc_now())


async def test_it_is_renewed_before_its_end_while_desks_stay_connected(
    secret: Desk, phone: Visitor, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await asyncio.to_thread(served, secret, certificates)
    async with phone.http.get(f"{phone.address}/healthz") as open_still:
        monkeypatch.setattr("guideplayer.desk.server.own_names", lambda _host: ["127.0.0.1"])
        secret.keep_certificate()
        assert await asyncio.to_thread(served, secret, certificates) == before
        later = before.not_valid_after_utc - timedelta(days=50)
        monkeypatch.setattr("guideplayer.desk.server.utc_now", lambda: later)
        secret.keep_certificate()
        after = x509.load_pem_x509_certificate((certificates.folder / "desk.pem").read_bytes())
        assert after.not_valid_after_utc > before.not_valid_after_utc
        assert await open_still.json() == {"ok": True}
    assert (await phone.get("/healthz"))[0] == 200


async def test_the_doctor_knows_a_desk_over_tls_though_nobody_vouches_for_it(secret: Desk) -> None:
    found = await asyncio.to_thread(network.port, "127.0.0.1", urlsplit(secret.address).port or 0)
    assert found.verdict is Verdict.GOOD
    assert "guideplayer is running" in found.sentence


def test_an_authority_that_ends_itself_is_not_used_on(certificates: Certificates) -> None:
    late = certificates.authority().not_valid_after_utc - timedelta(days=10)
    with pytest.raises(CertificateError, match="The authority itself ends soon"):
        certificates.renew([], late)


def test_no_certificate_lasts_longer_than_phones_accept(certificates: Certificates) -> None:
    certificate = x509.load_pem_x509_certificate((certificates.folder / "desk.pem").read_bytes())
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=398)


def test_the_keys_are_for_nobody_else(certificates: Certificates) -> None:
    assert stat.S_IMODE(certificates.folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in certificates.folder.iterdir()} == {
        "authority.pem": 0o600,
        "desk.pem": 0o600,
    }


@pytest.mark.parametrize("content", [b"", b"-----BEGIN NONSENSE-----", b"\xff\xfe"])
def test_a_damaged_certificate_is_said(certificates: Certificates, content: bytes) -> None:
    (certificates.folder / "desk.pem").write_bytes(content)
    for use in (certificates.context, certificates.names):
        with pytest.raises(CertificateError) as refusal:
            use()
        assert str(refusal.value).startswith(f"The desk's certificate in {certificates.folder / 'desk.pem'} cannot be")
        assert str(refusal.value).endswith(
            'Make another with `guideplayer desk cert --replace`, or set desk_tls = "off" to serve without.'
        )


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CertificateError, match=r"authority\.pem cannot be written: Not a directory\."):
        Certificates(tmp_path / "file" / "tls").make(NAMES, utc_now())


def test_a_name_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(CertificateError) as refusal:
        Certificates(tmp_path).make(["ümlaut"], utc_now())
    assert str(refusal.value) == "“ümlaut” is neither a name of a machine nor an address."


def test_this_machine_knows_its_names() -> None:
    names = own_names("192.168.7.9")
    assert {"localhost", "127.0.0.1", "::1", "192.168.7.9"} <= set(names)
    assert not {"", "0.0.0.0", "::"} & set(own_names("0.0.0.0"))


async def test_half_a_handshake_keeps_nobody_out(secret: Desk, phone: Visitor, access: Access) -> None:
    """What never finishes its handshake counts at the door as what never finishes its request."""
    assert (await phone.pair(access.code))[0] == 200
    at = urlsplit(secret.address)
    people = await asyncio.to_thread(crowd, at.hostname or "", at.port or 0, 200, ["127.0.0.1"], b"\x16\x03\x01\x02")
    try:
        assert (await phone.get("/api/rooms"))[0] == 200
        assert len(secret._door._guests) <= 20
        async with aiohttp.ClientSession() as http, http.get(f"{phone.address}/", ssl=phone.http.connector._ssl) as new:
            assert new.status == 200
    finally:
        for one in people:
            one.close()


async def test_half_a_handshake_is_cut_off(
    room: FakeRoom, access: Access, clock: HandClock, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guideplayer.desk.door.REQUEST_WITHIN_S", 0.2)
    desk = Desk(room.rooms, access, clock, certificates=certificates)
    await desk.start("127.0.0.1", 0)
    try:
        at = urlsplit(desk.address)
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
        writer.write(b"\x16\x03\x01\x02")
        async with asyncio.timeout(40):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
    finally:
        await desk.stop()
