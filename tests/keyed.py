"""The class and key of a spec's thing, as the verbs take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asterisk_realtime import Absent
from asterisk_realtime.provision.registry import KINDS

if TYPE_CHECKING:
    from asterisk_realtime import Spec


def keyed(spec: Spec) -> tuple[Any, dict[str, str]]:
    """Return the class of a spec, and the key of its thing by the names of its fields."""
    kind = KINDS[type(spec)]
    return type(spec), dict(zip(kind.fields, kind.key(spec), strict=True))


def gone(spec: Spec) -> Absent:
    """Return an `Absent` for the thing of a spec."""
    kind, key = keyed(spec)
    return Absent(kind, **key)
