"""Labels of enums of MariaDB, to which most words in another case or with accents are the same."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asterisk_realtime.migrations.differences import ColumnDiffers
    from asterisk_realtime.migrations.mariadb_catalogue import ColumnDetails


def own(difference: ColumnDiffers, details: ColumnDetails) -> Iterator[str]:
    """Yield the labels of an enum that to the server are other words than those wanted."""
    binary = details.characters.endswith("_bin")
    known = {_plain(label, binary=binary) for label in difference.kind.labels}
    for label in difference.found.kind.labels:
        if _plain(label, binary=binary) not in known:
            yield label


def same(difference: ColumnDiffers, details: ColumnDetails) -> Iterator[tuple[str, str]]:
    """Yield the labels of an enum that differ by accents only, with those wanted."""
    known = {_plain(label, binary=False): label for label in difference.kind.labels}
    others = {*own(difference, details)}
    for label in difference.found.kind.labels:
        wanted = known.get(_plain(label, binary=False))
        if wanted is not None and label not in others and label.lower() != wanted:
            yield label, wanted


def _plain(word: str, *, binary: bool) -> str:
    """Return what is the same for words that a column takes for equal: no case, no accents."""
    if binary:
        return word.lower()  # told apart, but of one meaning
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))
