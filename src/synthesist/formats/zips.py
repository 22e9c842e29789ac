"""Refuse archives that unpack to more than anybody exports."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from synthesist.errors import InvalidInput

MEMBERS = 1_000
UNPACKED = 200 << 20
RATIO = 200

#: A small file may be packed better than any ratio would allow.
SMALL = 1 << 20


def open_archive(stream: BinaryIO, name: str) -> zipfile.ZipFile:
    """Open an archive after its directory was looked at; nothing is unpacked yet.

    Raises
    ------
    InvalidInput
        If it is no archive, or holds more members, more bytes, or bytes packed
        more densely than a workbook does.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        raise InvalidInput(
            "The workbook is damaged.", where=name, remedy="save or download it again"
        ) from None
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    dense = unpacked > SMALL and unpacked > RATIO * max(packed, 1)
    if len(members) > MEMBERS or unpacked > UNPACKED or dense:
        archive.close()
        raise InvalidInput(
            f"The workbook would unpack to {unpacked >> 20} MB in {len(members)} parts.",
            where=name,
            remedy="export the references as CSV or RIS",
        )
    return archive
