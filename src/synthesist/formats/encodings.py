"""Bytes that are no text: kept, mended, and given back."""

from __future__ import annotations

import codecs
import re


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Keep a byte that is no text as a lone surrogate, so that nothing is lost."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    # What GB 18030 takes for a broken character can hold the end of a line.
    end = error.start + 1 if error.encoding == "gb18030" else error.end
    wrong = error.object[error.start : end]
    return "".join(chr(0xDC00 + byte) for byte in wrong), end


#: Unlike Python's surrogateescape this takes bytes below 128 too, which are wrong in
#: UTF-16 and GB 18030.
codecs.register_error("synthesist-escape", _escape)


_ESCAPED = re.compile(r"[\udc00-\udcff]")
_RUNS = re.compile(r"[\udc00-\udcff]+")
_KEPT = re.compile(r"([\udc00-\udcff]+)")


def is_damaged(text: str) -> bool:
    """Say whether text holds bytes that were no text."""
    return not text.isascii() and _ESCAPED.search(text) is not None


def mend(text: str) -> tuple[str, int]:
    """Read escaped bytes as Windows-1252; return the text and how many places there were."""
    return _RUNS.subn(lambda found: _as_windows(found[0]), text)


def _as_windows(run: str) -> str:
    """Read escaped bytes as Windows-1252, and the few it lacks as Latin-1."""
    data = bytes(ord(character) - 0xDC00 for character in run)
    return "".join(
        bytes((byte,)).decode("latin-1" if byte in _UNDEFINED else "cp1252")
        for byte in data
    )


_UNDEFINED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def encode_as_read(text: str, encoding: str) -> bytes:
    """Return the bytes a piece of a file's text was read from."""
    if encoding.startswith("utf-16") and is_damaged(text):
        # Its encoder takes no odd number of bytes, as an unfinished file ends in.
        return b"".join(
            bytes(ord(character) & 0xFF for character in part)
            if number % 2
            else part.encode(encoding)
            for number, part in enumerate(_KEPT.split(text))
        )
    return text.encode(encoding, "synthesist-restore")


def _restore(error: UnicodeError) -> tuple[bytes, int]:
    """Give back the bytes that `_escape` kept."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return bytes(ord(character) & 0xFF for character in wrong), error.end


codecs.register_error("synthesist-restore", _restore)
