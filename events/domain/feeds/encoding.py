"""The encoded feed: compressed with gzip once, decompressed in pieces, with its HTTP validators."""

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

GZIP: Final = zlib.MAX_WBITS | 16  # makes zlib write the header and trailer of gzip


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The HTTP headers of a feed; `size` and `packed_size` are bytes of the plain and gzip body."""

    etag: str
    last_modified: datetime
    size: int
    packed_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed compressed with gzip, with its ETag and Last-Modified.

    Without a logged change its content is valid until `valid_until`, or for ever if that is None.
    """

    packed: bytes
    etag: str
    last_modified: datetime
    valid_until: datetime | None = None

    @property
    def body(self) -> bytes:
        """The whole iCalendar stream, decompressed."""
        return gzip.decompress(self.packed)

    @property
    def size(self) -> int:
        """The size of the decompressed body in bytes."""
        return size_of(self.packed[-4:])

    @property
    def head(self) -> Head:
        """The headers of the feed, which answer a HEAD request."""
        return Head(
            etag=self.etag,
            last_modified=self.last_modified,
            size=self.size,
            packed_size=len(self.packed),
        )

    def pieces(self) -> Iterator[bytes]:
        """Yield the decompressed body in pieces of at most `writing.PIECE_BYTES` bytes."""
        with gzip.open(io.BytesIO(self.packed)) as body:
            yield from iter(partial(body.read, writing.PIECE_BYTES), b"")


class Unchanged(Exception):
    """The client has the present version of the feed, so the answer is 304 (RFC 9110, 15.4.5)."""

    def __init__(self, etag: str, last_modified: datetime) -> None:
        super().__init__(etag, last_modified)
        self.etag = etag
        self.last_modified = last_modified


# Whether the client has the version of the feed with this ETag and Last-Modified.
IsCurrent = Callable[[str, datetime], bool]


def size_of(foot: bytes) -> int:
    """Return the size of the plain body, from the last four gzip bytes (ISIZE, RFC 1952, 2.3.1)."""
    return int.from_bytes(foot, "little")


def pack(stream: Iterable[bytes]) -> tuple[bytes, str]:
    """Return a stream compressed with gzip, and a strong ETag of its bytes (RFC 9110, 8.8.3)."""
    digest, packer = hashlib.sha256(), zlib.compressobj(wbits=GZIP)
    packed = []
    for piece in stream:
        digest.update(piece)
        packed.append(packer.compress(piece))
    return b"".join([*packed, packer.flush()]), f'"{digest.hexdigest()[:32]}"'
