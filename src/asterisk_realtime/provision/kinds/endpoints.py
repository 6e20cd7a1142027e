"""What trunks and phones have in common: an endpoint, and the AORs and auths that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import Aor, Auth, Base, Endpoint
from asterisk_realtime.provision.checks import conflicts
from asterisk_realtime.provision.engine.records import identity
from asterisk_realtime.provision.engine.references import namers
from asterisk_realtime.provision.engine.scopes import Scope, scope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from asterisk_realtime.provision.engine.records import Rows
    from asterisk_realtime.provision.engine.view import View


T = TypeVar("T")


def named_scopes(endpoint: Endpoint) -> tuple[Scope, ...]:
    """Return the scopes of the AORs and auths that an endpoint names."""
    return (
        *(scope(Aor, id=name) for name in endpoint.aors or ()),
        *(scope(Auth, id=name) for name in conflicts.auths(endpoint)),
    )


def named_rows(endpoint: Endpoint, found: Rows) -> Iterator[Base]:
    """Return an endpoint and the rows that it names; the same id alone is not enough."""
    yield endpoint
    yield from (row for row in found.all(Aor) if row.id in (endpoint.aors or ()))
    yield from (row for row in found.all(Auth) if row.id in conflicts.auths(endpoint))


def own_id(view: View, model: type[Aor | Auth], names: tuple[str, ...] | None, name: str) -> str:
    """
    Return the id of the AOR or auth of an endpoint.

    Args:
        view: The rows as they will be.
        model: `Aor` or `Auth`.
        names: The ids that the endpoint names now.
        name: The endpoint's id, which is the row's id too by default.

    Returns:
        The id that the endpoint names, if it names one and no other row does, so that existing rows
        keep their ids; else *name*.
    """
    if names is None or len(names) != 1 or names[0] == name:
        return name
    row = view.get(model, names[0])
    users = namers(view, row) if row is not None else ()
    alone = row is not None and all(identity(user)[1] == (name,) for user in users)
    return names[0] if alone else name


def spelled(
    cell: str | None, wanted: T, *, read: Callable[[str], T], write: Callable[[T], str]
) -> str:
    """Return *cell* if it means the same as *wanted*; else *wanted* as text."""
    try:
        known = read(cell) if cell else None
    except ValidationError:
        known = None
    return cell if cell and known == wanted else write(wanted)


def check_transport(view: View, name: str, protocols: Collection[str], hint: str) -> None:
    """
    Refuse a transport of the database that speaks none of *protocols*.

    A transport without a row is in pjsip.conf, which cannot be read here.

    Raises:
        ValidationError: It speaks another protocol.
    """
    for row in view.answers(conflicts.transport(name)):
        actual = row.protocol or "udp"
        if actual not in protocols:
            raise ValidationError(
                "transport", name, f"its row in ps_transports speaks {actual}", hint
            )
