"""Whatever a field of a spec is given, the spec is made, or an error of ours says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterisk_realtime import AsteriskRealtimeError
from tests.property.good_specs import GOOD, PASSWORD, field_names
from tests.property.hostile import NASTY, TEXTS, objects

if TYPE_CHECKING:
    from asterisk_realtime.values.checked import Checked

MAX_MESSAGE = 20_000
SHARE = 24
"""One in so many values is tried on each field by default; all of them in the long part."""

FIELDS = [(spec, name) for spec in GOOD for name in field_names(spec)]
ATOMS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.binary()),
    st.text().filter(lambda text: PASSWORD not in text),  # which stands in secret fields alone
    *(st.sampled_from(TEXTS), st.sampled_from(NASTY).map(lambda text: text[:300])),
    st.integers().map(lambda number: 10 ** (number % 6000)),
)
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        *(st.lists(inner, max_size=4), st.tuples(inner, inner), st.frozensets(ATOMS, max_size=3)),
        st.dictionaries(ATOMS, inner, max_size=2),
    ),
    max_leaves=8,
)


def made_or_refused(spec: type[Checked], **fields: object) -> None:
    """Make a spec; an error of ours is fine if it can be shown, and shows no password."""
    try:
        made = spec(**{**GOOD[spec], **fields})
    except AsteriskRealtimeError as error:
        message = str(error) + repr(error)

        assert PASSWORD not in message
        assert len(message) < MAX_MESSAGE
    else:
        assert PASSWORD not in repr(made)
        assert PASSWORD not in repr(attrs.asdict(made))  # type: ignore[arg-type]  # every spec is an attrs class


@pytest.mark.parametrize("spec", GOOD, ids=lambda spec: spec.__name__)
def test_the_example_is_good(spec: type[Checked]) -> None:
    """Otherwise nothing below would get past another field's error."""
    assert spec(**GOOD[spec]) == spec(**GOOD[spec])


@pytest.mark.parametrize(("spec", "name"), FIELDS)
def test_a_share_of_the_hostile_values(spec: type[Checked], name: str) -> None:
    """Each field is given another share, such that every value is tried on many fields."""
    values = (*TEXTS, *NASTY, *objects())
    start = FIELDS.index((spec, name)) % SHARE
    for value in values[start::SHARE]:
        made_or_refused(spec, **{name: value})


@pytest.mark.long  # each of many values in each field
@pytest.mark.parametrize(("spec", "name"), FIELDS)
def test_all_hostile_values(spec: type[Checked], name: str) -> None:
    """Each value in each field."""
    for value in (*TEXTS, *NASTY, *objects()):
        made_or_refused(spec, **{name: value})


@pytest.mark.long
@settings(
    max_examples=5_000,  # about a minute
    derandomize=False,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_anything_in_several_fields(data: st.DataObject) -> None:
    """Random values, in several fields of one spec at once."""
    spec = data.draw(st.sampled_from(list(GOOD)))
    names = field_names(spec)
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    made_or_refused(spec, **{name: data.draw(ANYTHING) for name in chosen})
