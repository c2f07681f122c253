"""A journal's file page by page, as far as it is there: its rows without SQLite, which would find them by other pages.

The format is that of sqlite.org/fileformat.html.
"""

from collections.abc import Iterator

import msgspec

BRANCHES, ROWS = 5, 13
# Damage may make a row's number any; SQLite itself takes none above twice this.
LARGEST = 1 << 62
# How many bytes a whole number has, by its kind; the last two are 0 and 1 themselves.
_NUMBER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}


def page_bytes(content: bytes | bytearray) -> int:
    """How large a database's pages are."""
    # 1 stands for 65536, which two bytes cannot say.
    return 65536 if (size := int.from_bytes(content[16:18])) <= 1 else size


Value = int | str | bytes | None


class Row(msgspec.Struct, frozen=True):
    """A row of a table, with its number. `kinds` is a letter for each value: n is nothing, i a whole number, t text, b
    bytes. What is the number itself stands among the values as nothing.
    """

    number: int
    kinds: str
    values: tuple[Value, ...]


class Pages:
    """All pages of a file, from 1 on."""

    def __init__(self, content: bytes) -> None:
        """`content` begins as a database does."""
        self._size = page_bytes(content)
        self._usable = self._size - content[20]
        self._content = content
        self.count = len(content) // self._size
        self._unused = set(self._freed())

    def __getitem__(self, page: int) -> bytes:
        return self._content[(page - 1) * self._size : page * self._size]

    def kind(self, page: int) -> int:
        """What a page holds, BRANCHES or ROWS, or something else."""
        return 0 if page in self._unused else self._content[(page - 1) * self._size]

    def _freed(self) -> Iterator[int]:
        """Pages that hold nothing now, whatever still stands in them."""
        trunk, seen = _four(self._content, 32), set[int]()
        while 1 < trunk <= self.count and trunk not in seen:
            seen.add(trunk)
            yield trunk
            page = self[trunk]
            yield from (_four(page, 8 + 4 * number) for number in range(min(_four(page, 4), self._usable // 4 - 2)))
            trunk = _four(page, 0)

    def children(self, page: int) -> list[int]:
        """The pages that a page of branches leads to, in order."""
        content = self[page]
        return [*(_four(content, at) for at in self._cells(content, 12)), _four(content, 8)]

    def edge(self, page: int, which: int) -> int | None:
        """The first (0) or the last (-1) page of rows below a page; None when the way is lost."""
        for _ in range(20):
            if not 1 < page <= self.count or self.kind(page) != BRANCHES:
                break
            page = self.children(page)[which]
        return page if 1 < page <= self.count and self.kind(page) == ROWS else None

    def rows(self, page: int) -> list[Row | None]:
        """The rows of a page, None for one that cannot be read; of one that goes on in lost pages an end is missing."""
        content = self[page]
        return [self._row(content, at) for at in self._cells(content, 8)]

    def _cells(self, content: bytes, begin: int) -> list[int]:
        count = min(int.from_bytes(content[3:5]), (self._usable - begin) // 2)
        return [int.from_bytes(content[begin + 2 * one : begin + 2 * one + 2]) for one in range(count)]

    def _row(self, content: bytes, at: int) -> Row | None:
        try:
            length, at = _varint(content, at)
            number, at = _varint(content, at)
            payload = self._payload(content, at, length)
            end, at = _varint(payload, 0)
            kinds, values, value_at = "", list[Value](), end
            while at < end:
                kind, at = _varint(payload, at)
                letter, value, value_at = _value(payload, kind, value_at)
                kinds += letter
                values.append(value)
        except (IndexError, UnicodeDecodeError):
            return None
        return Row(number, kinds, tuple(values)) if 0 < number < LARGEST else None

    def _payload(self, content: bytes, at: int, length: int) -> bytes:
        """What a row is made of; what does not fit into its page goes on in others."""
        if length > len(self._content):
            raise IndexError
        most = self._usable - 35
        if length <= most:
            return content[at : at + length]
        least = (self._usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (self._usable - 4)
        here = here if here <= most else least
        parts, left, page = [content[at : at + here]], length - here, _four(content, at + here)
        while left > 0 and 1 < page <= self.count:
            beyond = self[page]
            parts.append(beyond[4 : 4 + min(left, self._usable - 4)])
            left, page = left - len(parts[-1]), _four(beyond, 0)
        return b"".join(parts)


def _four(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4])


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where the next thing begins. Raises IndexError."""
    number = 0
    for one in range(8):
        byte = content[at + one]
        number = number << 7 | byte & 127
        if byte < 128:
            return number, at + one + 1
    return number << 8 | content[at + 8], at + 9


def _value(payload: bytes, kind: int, at: int) -> tuple[str, Value, int]:
    """A value by its kind, with the letter for it, and where the next begins. Raises IndexError, UnicodeDecodeError."""
    if kind == 0:
        return "n", None, at
    if kind < 12:
        # A number with a point, or a kind that there is not.
        size = _NUMBER_BYTES.get(kind, len(payload) + 1)
        if at + size > len(payload):
            raise IndexError
        return "i", kind - 8 if size == 0 else int.from_bytes(payload[at : at + size], signed=True), at + size
    end = at + (kind - 12) // 2
    content = payload[at:end]
    return ("t", content.decode(), end) if kind % 2 else ("b", content, end)
