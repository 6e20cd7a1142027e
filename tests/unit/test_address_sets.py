"""Sets of addresses: ranges on one line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from netaddr import IPNetwork, IPSet

from asterisk_realtime.values.address_sets import EVERYWHERE, AddressSet
from asterisk_realtime.values.networks import EVERYBODY

NETS = st.lists(
    st.builds(
        lambda number, bits: IPNetwork((number, bits)).cidr,
        st.integers(0, 2**32 - 1),
        st.sampled_from((8, 9, 16, 24, 30, 31, 32)),
    ),
    max_size=4,
)


@given(one=NETS, other=NETS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_they_agree_with_netaddr(one: list[IPNetwork], other: list[IPNetwork]) -> None:
    """Which is slower."""
    mine, yours = AddressSet.of(one), AddressSet.of(other)
    left, right = IPSet(one), IPSet(other)

    assert IPSet(mine.networks()) == left
    assert IPSet((mine | yours).networks()) == left | right
    assert IPSet((mine & yours).networks()) == left & right
    assert IPSet((mine - yours).networks()) == left - right
    assert (mine <= yours) == left.issubset(right)


def test_everybody() -> None:
    """Both families are all; one of them is everybody, too."""
    assert AddressSet.of(EVERYBODY) == EVERYWHERE
    assert tuple(EVERYWHERE.networks()) == EVERYBODY
    assert all(AddressSet.of([net]).holds_everybody() for net in EVERYBODY)
    assert not (
        EVERYWHERE - AddressSet.of(map(IPNetwork, ("1.1.1.1", "2001::1")))
    ).holds_everybody()
    assert AddressSet.of([IPNetwork("::ffff:1.2.3.4")]) == AddressSet.of([IPNetwork("1.2.3.4")])
