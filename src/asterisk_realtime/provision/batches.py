"""Apply any number of specs in batches, in little memory."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from inspect import iscoroutinefunction, isgenerator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from asterisk_realtime.errors import (
    BatchError,
    ConcurrentChangeError,
    ConflictError,
    ConstraintError,
    NotFoundError,
    SpecError,
    ValidationError,
)
from asterisk_realtime.provision.engine.plans import Action
from asterisk_realtime.provision.engine.session import all_or_nothing, databases
from asterisk_realtime.provision.verbs import applied_in_bulk, plan
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
"""Maximum number of specs in one batch."""

MAX_ERRORS: Final = 1000
"""With ``whole=True``, no further batch is read after this number of wrong specs."""

_SPEC_ERRORS: Final = (ValidationError, ConflictError, NotFoundError, ConstraintError)
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
        reloads: Modules that Asterisk must reload after the commit, each once, for the reason of
            the first batch.
        errors: The wrong specs; their batches are not written.
    """

    specs: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    reloads: tuple[Reload, ...] = ()
    errors: tuple[SpecError, ...] = ()

    def after(self, specs: int, plan: Plan | None, errors: Sequence[SpecError]) -> Totals:
        """Return the totals after another batch, whose *plan* is None if it is not written."""
        rows = () if plan is None else plan.rows
        numbers = Counter(row.action for row in rows)
        reloads = {item.module: item for item in (*(plan.reloads if plan else ()), *self.reloads)}
        return Totals(
            self.specs + specs,
            self.added + numbers[Action.ADD],
            self.changed + numbers[Action.CHANGE],
            self.removed + numbers[Action.REMOVE],
            tuple(sorted(reloads.values())),
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
    Apply any number of specs, as `apply` does, in batches. The caller commits.

    Specs are read and written batch by batch, so memory use does not grow with their number. A spec
    may refer to things of its own batch and of earlier ones. If two batches have a spec for the
    same thing, the later one counts. Rows are added with SQLAlchemy's bulk INSERT, so mapper events
    such as ``before_insert`` do not happen for them::

        with Session.begin() as session:
            apply_batches(session, (Phone(id=str(n), context="phones") for n in range(100_000)))

    Args:
        session: The caller's session; for an ``AsyncSession`` see `asterisk_realtime.aio`.
        specs: What `apply` takes, or dictionaries as `Spec.from_dict` takes them.
        size: Specs of one batch, 1 to 10,000.
        whole: Whether nothing is written if any spec is wrong. If False, only the batch of a wrong
            spec is not written; ``errors`` of the totals lists the wrong specs.
        progress: Function that is called after each batch that is written, with the totals so far
            and the plan of the batch. It may commit only if *whole* is False.

    Returns:
        The totals.

    Raises:
        BatchError: With *whole*, specs are wrong. It lists them with their positions; no batch is
            read after 1,000 of them. Without *whole*, a generator made a wrong spec, which ends
            the generator: what follows is not read. A wrong dictionary ends nothing.
        ValidationError: *specs* cannot be iterated over; *size* or *whole* is wrong; or *progress*
            ended the transaction.
        TypeError: *progress* is asynchronous.
        ConcurrentChangeError: Another transaction has just written the same rows.
        SchemaError: The database's tables are missing or too old.
    """
    if iscoroutinefunction(progress):
        raise TypeError("progress is asynchronous: give a function that returns when it is done")
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
    """
    The specs of an iterator, with their positions.

    A `ValidationError` of the generator, or of a wrong dictionary, has a position too.
    """

    def __init__(self, specs: Iterator[Any]) -> None:
        self._specs = specs
        self.is_cut = False
        self._position = -1

    def batch(self, size: int) -> tuple[int, list[Placed], list[SpecError]]:
        """Read at most *size* specs; return their number, the valid ones, and the errors."""
        found: list[Placed | SpecError] = list(islice(iter(self._next, None), size))
        return (
            len(found),
            [item for item in found if not isinstance(item, SpecError)],
            [item for item in found if isinstance(item, SpecError)],
        )

    def _next(self) -> Placed | SpecError | None:
        try:
            item = next(self._specs)
        except StopIteration:
            return None
        except ValidationError as error:
            self.is_cut = isgenerator(self._specs)  # it ends with its error
            return self._wrong(error)
        try:
            spec = Spec.from_dict(item) if isinstance(item, Mapping) else item
        except ValidationError as error:
            return self._wrong(error)
        self._position += 1
        return self._position, spec

    def _wrong(self, error: ValidationError) -> SpecError:
        self._position += 1
        return SpecError(self._position, error)


@attrs.define
class _Run:
    """One call of `apply_batches`."""

    session: Session
    source: _Source
    size: int
    progress: Callable[[Totals, Plan], object] | None
    totals: Totals = attrs.field(factory=Totals)

    def whole(self) -> Totals:
        """Apply all specs, or none if one is wrong."""
        return self._in_savepoint(self._all_or_raise)

    def _all_or_raise(self) -> Totals:
        """Apply all batches; raise a `BatchError` if specs are wrong."""
        for done in self.batches(self._applied):
            if len(self.totals.errors) >= MAX_ERRORS:
                raise BatchError(self.totals.errors, unread=True)
            if not self.totals.errors:
                self._report(done)
        if self.totals.errors:
            raise BatchError(self.totals.errors, unread=self.source.is_cut)
        return self.totals

    def each_batch(self) -> Totals:
        """Apply each batch in which no spec is wrong."""
        for done in self.batches(self._written_or_skipped):
            self._report(done)
        if self.source.is_cut:
            raise BatchError(self.totals.errors, unread=True)
        return self.totals

    def batches(
        self, act: Callable[[list[Placed], list[SpecError]], Applied]
    ) -> Iterator[Plan | None]:
        """Read each batch, apply it with *act*, add it to the totals, and yield its plan."""
        while True:
            count, batch, early = self.source.batch(self.size)
            if not count:
                return
            done, errors = act(batch, early)
            self.totals = self.totals.after(count, done, errors)
            yield done

    def _report(self, done: Plan | None) -> None:
        if done is None or self.progress is None:
            return
        savepoint = self.session.get_nested_transaction()
        self.progress(self.totals, done)
        if savepoint is not self.session.get_nested_transaction():
            problem = "it ended the transaction in which all specs are written"
            hint = "give whole=False, with which it may commit"
            raise ValidationError("progress", called(self.progress), problem, hint)

    def _written_or_skipped(self, batch: list[Placed], early: list[SpecError]) -> Applied:
        """Apply a batch, or write nothing of it if one of its specs is wrong."""

        def act() -> Applied:
            done, errors = self._applied(batch, early)
            if errors:
                raise BatchError(errors)
            return done, errors

        try:
            return self._in_savepoint(act)
        except BatchError as error:
            return None, error.errors

    def _in_savepoint(self, act: Callable[[], T]) -> T:
        models = list(databases(self.session).values())
        return all_or_nothing(self.session, models, act, writes=True)

    def _applied(self, batch: list[Placed], early: list[SpecError]) -> Applied:
        """Apply a batch; if specs of it are wrong, return their errors."""
        try:
            done = applied_in_bulk(self.session, (item for _position, item in batch))
        except ConcurrentChangeError:
            raise  # nothing is wrong with the specs
        except _SPEC_ERRORS as error:
            errors = self._one_by_one(batch) or [SpecError(self._first_wrong(batch), error)]
            return None, _sorted(early, errors)
        return done, _sorted(early)

    def _first_wrong(self, batch: list[Placed]) -> int:
        """Return the position of the first spec that contradicts those before it in its batch."""

        def is_wrong(count: int) -> bool:
            try:
                plan(self.session, *(item for _position, item in batch[:count]))
            except _SPEC_ERRORS:
                return True
            return False

        before = bisect_left(range(1, len(batch)), 1, key=is_wrong)
        return batch[before][0]

    def _one_by_one(self, batch: list[Placed]) -> list[SpecError]:
        """Apply specs one by one, again while more succeed; return the errors of the rest."""
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
        except ConcurrentChangeError:
            raise
        except _SPEC_ERRORS as error:
            return SpecError(position, error)
        return None


def _sorted(*errors: Iterable[SpecError]) -> tuple[SpecError, ...]:
    return tuple(sorted((item for part in errors for item in part), key=lambda item: item.position))
