"""A file of references as bytes, and its text in blocks, whatever its encoding."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from synthesist.errors import InvalidInput, NotFound
from synthesist.formats.report import Encoding

BLOCK = 1 << 20

#: As much of a file as is looked at to tell its format.
HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Source:
    """A file on the disk, or bytes in memory; `name` is what records remember."""

    name: str
    path: Path | None = None
    data: bytes = b""

    def open(self) -> BinaryIO:
        """Open the bytes for reading.

        Raises
        ------
        NotFound
            If the file does not exist.
        InvalidInput
            If it cannot be read.
        """
        if self.path is None:
            return io.BytesIO(self.data)
        try:
            if not S_ISREG(self.path.stat().st_mode):
                folder = self.path.is_dir()
                raise InvalidInput(
                    "This is a folder." if folder else "This is no file on a disk.",
                    where=str(self.path),
                    remedy="name the files in it" if folder else "save it as one first",
                )
            return self.path.open("rb")
        except FileNotFoundError:
            raise NotFound(
                f"There is no file {self.path}.", remedy="check the path"
            ) from None
        except OSError as error:
            raise InvalidInput(
                f"The file cannot be read: {error.strerror}.",
                where=self.name,
                remedy="check its permissions",
            ) from None

    def head(self, size: int = HEAD) -> bytes:
        """Return the first bytes."""
        with self.open() as stream:
            return stream.read(size)

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Give the bytes in blocks."""
        with self.open() as stream:
            while block := stream.read(size):
                yield block

    def size_and_digest(self) -> tuple[int, str]:
        """Return the number of bytes and their SHA-256."""
        digest, size = hashlib.sha256(), 0
        for block in self.blocks():
            digest.update(block)
            size += len(block)
        return size, digest.hexdigest()


def text_blocks(source: Source, encoding: Encoding, size: int = BLOCK) -> Iterator[str]:
    """Decode a file in blocks of whole characters.

    Line ends are left as they are but for a lone carriage return, which becomes a
    line feed; byte-order marks at the start of a line are dropped; bytes that are
    no text arrive as lone surrogates, see `mend`.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)("synthesist-escape")
    held = ""
    first = True
    # Files of other encodings are not joined with their marks in them.
    joined = encoding.name.startswith("utf")
    for block in source.blocks(size):
        text = held + decoder.decode(block)
        held = ""
        if first and text:
            text, first = text.lstrip("\ufeff"), False
        keep = 2 if text.endswith("\r\n") else text.endswith(("\r", "\n"))
        if keep:
            held, text = text[-keep:], text[:-keep]
        if text:
            yield _plain_ends(text, joined)
    text = held + decoder.decode(b"", final=True)
    if text:
        yield _plain_ends(text, joined)


def _plain_ends(text: str, joined: bool) -> str:
    """Make lone carriage returns line feeds, and drop marks where files were joined."""
    if "\r" in text:
        text = _LONE.sub("\n", text)
    if joined and "\n\ufeff" in text:
        text = _MARKS.sub("\n", text)
    return text


_LONE = re.compile(r"\r(?!\n)")
_MARKS = re.compile("\n\ufeff+")
