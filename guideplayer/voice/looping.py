"""Ogg Vorbis files that loop without a seam: what is decoded last runs on into what is decoded first.

A codec's small errors are independent at the two ends of an ordinary file, and where they meet, a soft click is left.
Here the circle is encoded for a little more than one turn. Once it is on its way, the encoder makes the same packets at
the same place of every turn; the file keeps exactly one turn of them. Its end is then to its start as any packet is to
the next. (Opus can do as much with a long pre-skip, but libsndfile seeks back into a cold decoder and clicks.)
"""

import functools
import io
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

from guideplayer.voice.synthesis import RATE_HZ, Stereo

BLOCK_SAMPLES = 1024
"""What a long Vorbis packet adds; a loop must be a whole number of them for its turns to be encoded alike."""

TURN_SAMPLES = 3 * BLOCK_SAMPLES
"""The least number of blocks that lasts whole milliseconds: 64 ms."""

_LEAD_BLOCKS = 400
_TAIL_BLOCKS = 400
_PACKETS_A_PAGE = 40
_SEGMENTS_A_PAGE = 255
_FIRST_PAGE, _LAST_PAGE = 2, 4
_SERIAL = 0x67756964


class _Packet(NamedTuple):
    """A packet of sound, and the position in samples that its decoding reaches."""

    content: bytes
    reaches: int


def turn_samples(*about_s: float) -> list[int]:
    """The lengths of a bed's loops, near to so many seconds: numbers of TURN_SAMPLES without a common divisor.

    So they begin together only once in the product of these numbers: after hours for two, after months for three. Each
    has small primes alone, and two of them at most: those are soon transformed, and leave others for the next.
    """
    counts: list[int] = []
    for wanted in (round(one_s * RATE_HZ / TURN_SAMPLES) for one_s in about_s):
        near = sorted(range(wanted // 2, wanted * 2), key=functools.partial(_distance, wanted))
        counts.append(next(count for count in near if _is_quick(count) and math.gcd(count, math.prod(counts)) == 1))
    return [count * TURN_SAMPLES for count in counts]


def _distance(one: int, other: int) -> int:
    return abs(one - other)


def _is_quick(count: int) -> bool:
    primes = [prime for prime in (2, 3, 5, 7, 11, 13) if count % prime == 0]
    for prime in primes:
        while count % prime == 0:
            count //= prime
    return count == 1 and len(primes) <= 2


def write_loop(path: Path, loop: Stereo, compression: float) -> None:
    """Encode a circular signal (samples x 2); the file opens the circle some seconds after its start at most.

    `compression` is libsndfile's, from 0 (best) to 1 (smallest).
    Raises ValueError when its length is no whole number of blocks, or when the encoder did not repeat itself.
    """
    if len(loop) % BLOCK_SAMPLES:
        raise ValueError(f"a loop of {len(loop)} samples is no multiple of {BLOCK_SAMPLES}")
    # Where short blocks are needed, the turns may lie on different grids of long ones until some turns have gone by.
    for lead in (_LEAD_BLOCKS * BLOCK_SAMPLES, len(loop), 3 * len(loop), 7 * len(loop)):
        stream = _turn(loop, lead, compression)
        if stream:
            path.write_bytes(stream)
            return
    raise ValueError(f"{path.name}: the encoder made no packet twice; no seamless turn can be cut")


def _turn(loop: Stereo, lead: int, compression: float) -> bytes | None:
    """The stream of one turn, cut where the encoder has gone round for `lead` samples; None if there is no place."""
    tail = _TAIL_BLOCKS * BLOCK_SAMPLES
    headers, packets = _encoded(loop[np.arange(-lead, len(loop) + tail) % len(loop)], compression)
    places = {packet.reaches: place for place, packet in enumerate(packets)}
    # The primer fills the decoder's first half block and is itself not heard.
    for primer, (content, start) in enumerate(packets):
        last = places.get(start + len(loop))
        if start >= lead and last and packets[last].content == content:
            return _stream(
                headers, [_Packet(content, reaches - start) for content, reaches in packets[primer : last + 1]]
            )
    return None


def write_once(path: Path, sound: Stereo, compression: float) -> None:
    """Encode a sound that is heard once (samples x 2)."""
    headers, packets = _encoded(sound, compression)
    path.write_bytes(_stream(headers, packets))


def read_sound(path: Path) -> Stereo:
    """The decoded samples (samples x 2). Raises soundfile.LibsndfileError, ValueError for another sampling rate."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    if rate_hz != RATE_HZ:
        raise ValueError(f"{path.name} has {rate_hz} samples a second, not {RATE_HZ}")
    return np.asarray(samples, np.float32)


def _encoded(signal: Stereo, compression: float) -> tuple[list[bytes], list[_Packet]]:
    """The three header packets and the packets of sound that libvorbis makes of a signal."""
    stream = io.BytesIO()
    with soundfile.SoundFile(
        stream, "w", RATE_HZ, 2, format="OGG", subtype="VORBIS", compression_level=compression
    ) as file:
        # A second at a time: libsndfile hands Vorbis all that it is given at once, and minutes overflow its stack.
        for start in range(0, len(signal), RATE_HZ):
            file.write(signal[start : start + RATE_HZ])
    *headers, first = [content for content, _ in zip(_packets(stream.getvalue()), range(4), strict=False)]
    short, long = 1 << (headers[0][28] & 15), 1 << (headers[0][28] >> 4)
    if long != 2 * BLOCK_SAMPLES:
        raise ValueError(f"the encoder's long blocks have {long} samples, not {2 * BLOCK_SAMPLES}")
    packets = [_Packet(first, 0)]
    before = _block(first, short, long)
    for content in list(_packets(stream.getvalue()))[4:]:
        block = _block(content, short, long)
        packets.append(_Packet(content, packets[-1].reaches + (before + block) // 4))
        before = block
    # The encoder's last packet reaches past the end; its page says where the sound stops.
    packets[-1] = _Packet(packets[-1].content, min(packets[-1].reaches, len(signal)))
    return headers, packets


def _block(packet: bytes, short: int, long: int) -> int:
    """The block length of a packet: libvorbis has two modes, and the bit after the packet's type tells which."""
    return long if packet[0] & 2 else short


def _packets(stream: bytes) -> Iterator[bytes]:
    """The packets of an Ogg stream that holds one logical stream."""
    position, pending = 0, b""
    while position < len(stream):
        count = stream[position + 26]
        lacing = stream[position + 27 : position + 27 + count]
        position += 27 + count
        for length in lacing:
            pending += stream[position : position + length]
            position += length
            if length < 255:
                yield pending
                pending = b""


def _stream(headers: list[bytes], packets: list[_Packet]) -> bytes:
    """An Ogg stream of these packets; the last one's position is where the sound ends."""
    pages = [_page(headers[:1], 0, _FIRST_PAGE, 0), _page(headers[1:], 0, 0, 1)]
    waiting: list[_Packet] = []
    for place, packet in enumerate(packets):
        waiting.append(packet)
        last = place == len(packets) - 1
        full = len(waiting) == _PACKETS_A_PAGE
        if last or full or _segments(waiting) + len(packets[place + 1].content) // 255 + 1 > _SEGMENTS_A_PAGE:
            contents = [content for content, _ in waiting]
            pages.append(_page(contents, packet.reaches, _LAST_PAGE if last else 0, len(pages)))
            waiting = []
    return b"".join(pages)


def _segments(packets: list[_Packet]) -> int:
    return sum(len(content) // 255 + 1 for content, _ in packets)


def _page(packets: list[bytes], reaches: int, flags: int, number: int) -> bytes:
    """One Ogg page of whole packets. The serial is fixed, so that the same signal gives the same file."""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    header = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, reaches, _SERIAL, number, 0, len(lacing)) + lacing
    page = header + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    """Ogg's CRC: polynomial 0x04C11DB7, nothing reflected, nothing inverted (so zlib's cannot be used)."""
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _CHECKSUMS[(value >> 24) ^ byte]
    return value


def _checksum_of_byte(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = ((value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


_CHECKSUMS = tuple(_checksum_of_byte(byte) for byte in range(256))
