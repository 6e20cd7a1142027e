"""Specs of an iterator, applied in batches: as many as there are, in little memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from asterisk_realtime.errors import (
    BatchError,
    ConflictError,
    ConstraintError,
    NotFoundError,
    SpecError,
    ValidationError,
)
from asterisk_realtime.provision.engine.plans import Action
from asterisk_realtime.provision.engine.session import all_or_nothing, databases
from asterisk_realtime.provision.verbs import applied_in_bulk
from asterisk_realtime.showing import called
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.plain import flag, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.plans import Plan, Reload
    from asterisk_realtime.provision.items import Item

    Placed = tuple[int, Item]
    Applied = tuple[Plan | None, Sequence[SpecError]]

T = TypeVar("T")

MAX_SIZE: Final = 10_000
"""Most specs of one batch."""

MAX_ERRORS: Final = 1000
"""After so many wrong specs the rest is not looked at."""

_WRONG: Final = (ValidationError, ConflictError, NotFoundError, ConstraintError)
"""What is wrong with a spec; other errors concern the database."""


@attrs.frozen
class Totals:
    """
    What `apply_batches` has done so far.

    Attributes:
        specs: How many specs it has read.
        added: How many rows it has added.
        changed: How many rows it has changed.
        removed: How many rows it has removed.
        reloads: Modules that Asterisk must reload after the commit, each once.
        errors: The wrong specs, of whose batches nothing is written.
    """

    specs: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    reloads: tuple[Reload, ...] = ()
    errors: tuple[SpecError, ...] = ()

    def after(self, specs: int, plan: Plan | None, errors: Sequence[SpecError]) -> Totals:
        """Return the totals after another batch, whose *plan* is None if nothing is written."""
        rows = () if plan is None else plan.rows
        numbers = Counter(row.action for row in rows)
        reloads = dict.fromkeys((*self.reloads, *(plan.reloads if plan else ())))
        return Totals(
            self.specs + specs,
            self.added + numbers[Action.ADD],
            self.changed + numbers[Action.CHANGE],
            self.removed + numbers[Action.REMOVE],
            tuple(sorted(reloads)),
            (*self.errors, *errors),
        )


def apply_batches(
    session: Session,
    specs: Iterable[Item | Mapping[str, Any]],
    *,
    size: int = 1000,
    whole: bool = True,
    progress: Callable[[Totals, Plan], object] | None = None,
) -> Totals:
    """
    Do as `apply` for the specs of an iterator, however many. The caller commits.

    They are read and written in batches, so that the memory does not grow with their number. A spec
    may refer to things of its own batch and of earlier ones. Rows are added as SQLAlchemy's bulk
    INSERT does: events of mappers, such as ``before_insert``, are not raised for them::

        with Session.begin() as session:
            apply_batches(session, (Phone(id=str(n), context="phones") for n in range(100_000)))

    Args:
        session: The caller's session; for an ``AsyncSession`` see `asterisk_realtime.aio`.
        specs: What `apply` takes, or dictionaries as `Spec.from_dict` takes them.
        size: Specs of one batch, 1 to 10,000.
        whole: Whether nothing at all is written if a spec is wrong. If False, nothing of its batch
            is, and the other batches are written; see the ``errors`` of what is returned.
        progress: Called after each batch that is written, with the totals so far and the plan of
            the batch.

    Returns:
        The totals.

    Raises:
        BatchError: With *whole*, specs are wrong; it has each with its position. The rest is not
            looked at after 1,000.
        ValidationError: *specs* cannot be iterated over; or *size* or *whole* is wrong.
        ConcurrentChangeError: Another transaction has just written the same rows.
        SchemaError: The database's tables are missing or too old.
    """
    size = whole_number(size, "size", lowest=1, highest=MAX_SIZE)
    whole = flag(whole, "whole")
    run = _Run(session, _Source(_iterator(specs)), size, progress)
    return run.whole() if whole else run.each_batch()


def _iterator(specs: object) -> Iterator[Any]:
    hint = "give an iterable of specs, such as a list or a generator"
    if isinstance(specs, str | bytes | Mapping) or not isinstance(specs, Iterable):
        raise ValidationError("specs", called(specs), "it is not an iterable of specs", hint)
    return iter(specs)


class _Source:
    """Specs with their positions; what is wrong before it is a spec is an error of its position."""

    def __init__(self, specs: Iterator[Any]) -> None:
        self._specs = specs
        self._position = -1

    def batch(self, size: int) -> tuple[int, list[Placed], list[SpecError]]:
        """Return how many specs were read, at most *size*, and which are right and wrong."""
        placed = [self._next() for _number in range(size)]
        found = [item for item in placed if item is not None]
        return (
            len(found),
            [item for item in found if not isinstance(item, SpecError)],
            [item for item in found if isinstance(item, SpecError)],
        )

    def _next(self) -> Placed | SpecError | None:
        try:
            item = next(self._specs)  # a generator that raises an error ends with it
            spec = Spec.from_dict(item) if isinstance(item, Mapping) else item
        except StopIteration:
            return None
        except ValidationError as error:
            self._position += 1
            return SpecError(self._position, error)
        self._position += 1
        return self._position, spec


@attrs.define
class _Run:
    session: Session
    source: _Source
    size: int
    progress: Callable[[Totals, Plan], object] | None
    totals: Totals = attrs.field(factory=Totals)

    def whole(self) -> Totals:
        """Apply all specs, or none if one is wrong."""
        return self._in_savepoint(self._refusing)

    def _refusing(self) -> Totals:
        """Apply all batches, and raise what is wrong with their specs."""
        totals = self.batches(self._applied)
        if totals.errors:
            raise BatchError(totals.errors)
        return totals

    def each_batch(self) -> Totals:
        """Apply each batch of which no spec is wrong."""
        return self.batches(self._alone)

    def batches(self, act: Callable[[list[Placed], list[SpecError]], Applied]) -> Totals:
        """Read one batch after the other, and have *act* apply it."""
        while len(self.totals.errors) < MAX_ERRORS:
            count, batch, early = self.source.batch(self.size)
            if not count:
                break
            plan, errors = act(batch, early)
            self.totals = self.totals.after(count, plan, errors)
            if plan is not None and self.progress is not None:
                self.progress(self.totals, plan)
        return self.totals

    def _alone(self, batch: list[Placed], early: list[SpecError]) -> Applied:
        """Apply a batch; if one of its specs is wrong, nothing of it is written."""

        def act() -> Applied:
            plan, errors = self._applied(batch, early)
            if errors:
                raise BatchError(errors)
            return plan, errors

        try:
            return self._in_savepoint(act)
        except BatchError as error:
            return None, error.errors

    def _in_savepoint(self, act: Callable[[], T]) -> T:
        models = list(databases(self.session).values())
        return all_or_nothing(self.session, models, act, writes=True)

    def _applied(self, batch: list[Placed], early: list[SpecError]) -> Applied:
        """Apply a batch, without its wrong specs, and return these."""
        try:
            plan = applied_in_bulk(self.session, (item for _position, item in batch))
        except _WRONG as error:
            # Specs may be wrong only beside each other.
            errors = self._one_by_one(batch) or [SpecError(batch[0][0], error)]
            return None, _sorted(early, errors)
        return plan, _sorted(early)

    def _one_by_one(self, batch: list[Placed]) -> list[SpecError]:
        """Apply specs one after the other, in an order in which each finds what it refers to."""
        left, errors = batch, []
        while left:
            errors = [error for placed in left if (error := self._error_of(*placed)) is not None]
            wrong = {error.position for error in errors}
            again = [placed for placed in left if placed[0] in wrong]
            if len(again) == len(left):
                break
            left = again
        return errors

    def _error_of(self, position: int, item: Item) -> SpecError | None:
        try:
            applied_in_bulk(self.session, [item])
        except _WRONG as error:
            return SpecError(position, error)
        return None


def _sorted(*errors: Iterable[SpecError]) -> tuple[SpecError, ...]:
    return tuple(sorted((item for part in errors for item in part), key=lambda item: item.position))
