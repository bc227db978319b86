"""A feed as it goes over the line: packed once, unpacked piece by piece."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from events.domain.ical import writing

GZIP: Final = zlib.MAX_WBITS | 16  # zlib's word for a stream with the head and foot of gzip


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What HTTP says of a feed beside its bytes; sizes in bytes, of the body and packed."""

    etag: str
    last_modified: datetime
    size: int
    packed_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, `packed` with gzip, and what HTTP says of it.

    Without a change it stays as it is until `valid_until`, for ever if that is None.
    """

    packed: bytes
    etag: str
    last_modified: datetime
    valid_until: datetime | None = None

    @property
    def body(self) -> bytes:
        """The iCalendar stream, whole."""
        return gzip.decompress(self.packed)

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return size_of(self.packed[-4:])

    @property
    def head(self) -> Head:
        """The same without its bytes."""
        return Head(
            etag=self.etag,
            last_modified=self.last_modified,
            size=self.size,
            packed_size=len(self.packed),
        )

    def pieces(self) -> Iterator[bytes]:
        """The body piece by piece, in little memory."""
        with gzip.open(io.BytesIO(self.packed)) as body:
            yield from iter(partial(body.read, writing.PIECE), b"")


class Unchanged(Exception):
    """The reader has the feed already."""

    def __init__(self, etag: str, last_modified: datetime) -> None:
        super().__init__(etag, last_modified)
        self.etag = etag
        self.last_modified = last_modified


# Whether a reader has the feed that bears this tag and was last changed then.
Has = Callable[[str, datetime], bool]


def size_of(foot: bytes) -> int:
    """Return the bytes of a body by the last four of its packed form (RFC 1952, 2.3.1: ISIZE)."""
    return int.from_bytes(foot, "little")


def pack(stream: Iterable[bytes]) -> tuple[bytes, str]:
    """Return a stream packed with gzip, and a strong tag for its bytes (RFC 9110, 8.8.3)."""
    digest, packer = hashlib.sha256(), zlib.compressobj(wbits=GZIP)
    packed = []
    for piece in stream:
        digest.update(piece)
        packed.append(packer.compress(piece))
    return b"".join([*packed, packer.flush()]), f'"{digest.hexdigest()[:32]}"'
