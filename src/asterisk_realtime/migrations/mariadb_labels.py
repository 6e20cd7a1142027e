"""Labels of MariaDB's enums; most collations ignore case and accents."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asterisk_realtime.migrations.differences import ColumnDiffers
    from asterisk_realtime.migrations.mariadb_catalogue import ColumnDetails


def own(difference: ColumnDiffers, details: ColumnDetails) -> Iterator[str]:
    """Yield the labels of an enum that are not equal to a wanted one for the server."""
    binary = details.characters.endswith("_bin")
    known = {_plain(label, binary=binary) for label in difference.kind.labels}
    for label in difference.found.kind.labels:
        if _plain(label, binary=binary) not in known:
            yield label


def same(difference: ColumnDiffers, details: ColumnDetails) -> Iterator[tuple[str, str]]:
    """Yield the labels of an enum that differ from a wanted one only by accents, with that one."""
    known = {_plain(label, binary=False): label for label in difference.kind.labels}
    others = {*own(difference, details)}
    for label in difference.found.kind.labels:
        wanted = known.get(_plain(label, binary=False))
        if wanted is not None and label not in others and label.lower() != wanted:
            yield label, wanted


def _plain(word: str, *, binary: bool) -> str:
    """Return a word without case and accents, or only without case if the column is binary."""
    if binary:
        return word.lower()  # the column distinguishes them, but they mean the same
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))
