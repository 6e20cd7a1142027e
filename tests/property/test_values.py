"""Laws that hold for every value, not only for those that somebody thought of."""

from __future__ import annotations

import re
from itertools import pairwise, product

import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from netaddr import IPNetwork, IPSet

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models.types import CommaList
from asterisk_realtime.values import limits
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.cells import ESCAPED, LITERAL, check_text
from asterisk_realtime.values.dialling import dialled_as
from asterisk_realtime.values.networks import merged, overlap, pack, source_network
from asterisk_realtime.values.numbers import REGIONS, e164
from asterisk_realtime.values.patterns import DialPattern, dial_pattern

settings.register_profile("values", deadline=None, max_examples=150, derandomize=True)
settings.load_profile("values")

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)
NASTY = st.text(st.sampled_from("^;35BbEe20 ,\\\"'%_"), min_size=1)
TEXTS = TEXT | NASTY

# -- Cells -----------------------------------------------------------------------------------------


@given(TEXTS)
def test_a_cell_gives_back_its_text(text: str) -> None:
    """Whatever is stored is read back."""
    assert ESCAPED.decode(ESCAPED.encode(text)) == text
    assert LITERAL.decode(LITERAL.encode(text)) == text


@given(TEXTS)
def test_an_escaped_cell_holds_nothing_raw(text: str) -> None:
    """No semicolon, no caret that begins no upper-case escape, no blank at an end."""
    cell = ESCAPED.encode(text)

    assert ";" not in cell
    assert "^" not in re.sub(r"\^(3B|5E|20)", "", cell)
    assert cell == cell.strip(" ")


@given(TEXTS, st.integers(1, 30))
def test_what_is_checked_fits(text: str, length: int) -> None:
    """A text that passes takes no more than the column has."""
    try:
        check_text(text, "field", length=length)
    except ValidationError:
        assert not text.strip(" ") or len(ESCAPED.encode(text)) > length
    else:
        assert len(ESCAPED.encode(text)) <= length


@given(st.lists(TEXTS.map(lambda text: text.replace(",", "").strip(" ")).filter(bool), min_size=1))
def test_a_list_gives_back_its_elements(items: list[str]) -> None:
    """Each element by itself, in order."""
    for codec in (ESCAPED, LITERAL):
        kept = CommaList().check(items, "t.c")

        assert CommaList().load(CommaList().dump(kept, codec), codec) == tuple(items)


# -- Numbers ---------------------------------------------------------------------------------------


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, phonenumbers.PhoneNumber]:
    """Return a region and one of its valid numbers, its last digits changed."""
    region = draw(st.sampled_from(sorted(REGIONS)))
    number = phonenumbers.example_number(region)
    assume(number is not None and number.national_number is not None)
    assert number is not None
    assert number.national_number is not None
    digits = draw(st.text("0123456789", min_size=3, max_size=3))
    number.national_number = number.national_number // 1000 * 1000 + int(digits)
    assume(phonenumbers.is_valid_number_for_region(number, region))
    return region, number


@given(numbers(), st.sampled_from(["E164", "INTERNATIONAL", "RFC3966", "NATIONAL"]))
def test_every_form_of_a_number_is_the_same_number(
    found: tuple[str, phonenumbers.PhoneNumber], form: str
) -> None:
    """However a valid number is written, E.164 comes out."""
    region, number = found
    written = phonenumbers.format_number(number, getattr(phonenumbers.PhoneNumberFormat, form))
    assume(phonenumbers.is_number_match(number, phonenumbers.parse(written, region)) == 4)

    result = e164(written, region=region)

    assert result == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert re.fullmatch(r"\+[1-9][0-9]{3,14}", result)
    assert e164(result) == result


@given(st.text(max_size=20), st.sampled_from([None, "US", "GB", "IT"]))
def test_any_text_is_a_number_or_refused(text: str, region: str | None) -> None:
    """No other error, and nothing but digits after the ``+``."""
    try:
        number = e164(text, region=region)
    except ValidationError:
        return

    assert re.fullmatch(r"\+[1-9][0-9]+", number)


# -- Caller IDs ------------------------------------------------------------------------------------

NAMES = (
    st.text(st.characters(exclude_categories=("C", "Z"), include_characters=' "\\'), min_size=1)
    .filter(lambda name: len(name.encode()) <= limits.CALLER_NAME.most)
    .filter(lambda name: name.isprintable() and "${" not in name and "$[" not in name)
)


@given(st.none() | NAMES)
def test_a_caller_id_reads_its_own_text(name: str | None) -> None:
    """What is written can be read again, whatever the name holds."""
    wanted = CallerId("+12025550123", name)

    assert caller_id(wanted) == wanted
    assert caller_id(str(wanted)) == wanted


@given(st.text(max_size=40))
def test_any_text_is_a_caller_id_or_refused(text: str) -> None:
    """What is taken has a number in E.164 and a name that is not a code."""
    try:
        found = caller_id(f'"{text}" <+12025550123>')
    except ValidationError:
        return

    assert found.number == "+12025550123"
    assert "${" not in str(found)
    assert "\n" not in str(found)


# -- Networks --------------------------------------------------------------------------------------

NETWORKS = st.builds(
    lambda value, prefix: IPNetwork((value, prefix), version=4).cidr,
    st.integers(0, 2**32 - 1),
    st.integers(12, 32),
)


@given(st.lists(NETWORKS, max_size=60), st.integers(18, 200))
def test_merging_and_packing_lose_nothing(networks: list[IPNetwork], length: int) -> None:
    """The groups cover the same addresses, each once, and each fits its column."""
    groups = pack(merged(networks), length)
    packed = [net for group in groups for net in group]

    assert IPSet(packed) == IPSet(networks)
    assert sum(net.size for net in packed) == IPSet(networks).size
    assert all(len(",".join(map(str, group))) <= length for group in groups)
    assert packed == sorted(packed)


@given(st.lists(NETWORKS, min_size=2, max_size=60), st.integers(18, 200))
def test_packing_wastes_no_row(networks: list[IPNetwork], length: int) -> None:
    """No group could have taken the next group's first network."""
    groups = pack(merged(networks), length)

    for group, following in pairwise(groups):
        assert len(",".join(map(str, (*group, following[0])))) > length


@given(NETWORKS, NETWORKS)
def test_overlap_is_a_shared_address(one: IPNetwork, other: IPNetwork) -> None:
    """The same either way round, and what the sets of addresses say."""
    shared = not IPSet([one]).isdisjoint(IPSet([other]))

    assert overlap(one, other) is overlap(other, one) is shared


@given(NETWORKS, st.integers(1, 65535))
def test_a_port_does_not_hide_an_address(net: IPNetwork, port: int) -> None:
    """``address:port/bits`` stands for the same addresses as without the port."""
    assert source_network(f"{net.ip}:{port}/{net.prefixlen}") == net


# -- Patterns --------------------------------------------------------------------------------------

DIGITS = "01239"
PLACES = st.sampled_from(["0", "1", "2", "9", "X", "Z", "N", "[1-3]", "[09]", "+"])
PATTERNS = st.builds(
    lambda places, end: dial_pattern("_" + "".join(places) + end),
    st.lists(PLACES, min_size=1, max_size=4),
    st.sampled_from(["", ".", "!"]),
)
SETS = {"X": "0123456789", "Z": "123456789", "N": "23456789"}


def as_regex(pattern: DialPattern) -> re.Pattern[str]:
    """Return what Asterisk's documentation says of a pattern, another way."""
    body = pattern.text.removeprefix("_")
    for word, digits in SETS.items():
        body = body.replace(word, f"[{digits}]")
    body = body.replace("+", r"\+")
    if body.endswith((".", "!")):
        body = body[:-1] + ("[0-9+]+" if body.endswith(".") else "[0-9+]*")
    return re.compile(body)


EVERYTHING = ["".join(text) for size in range(1, 6) for text in product(DIGITS + "+", repeat=size)]


@settings(max_examples=30)
@given(PATTERNS, st.text(DIGITS + "+", min_size=1, max_size=3))
def test_beginnings_agree_with_trying_everything(pattern: DialPattern, prefix: str) -> None:
    """A pattern may or must begin with a prefix exactly if what it matches does."""
    matching = list(filter(as_regex(pattern).fullmatch, EVERYTHING))

    assert pattern.may_begin_with(prefix) is any(text.startswith(prefix) for text in matching)
    # Fewer characters than a place has cannot show that it *must* be one of them.
    if len(prefix) <= len(pattern.elements):
        wide = {len(element) > 1 for element in pattern.elements[: len(prefix)]}
        everything = all(text.startswith(prefix) for text in matching)
        assert pattern.begins_with(prefix) is (everything and wide == {False})
    else:
        assert not pattern.begins_with(prefix)


@settings(max_examples=30)
@given(PATTERNS)
def test_matching_agrees_with_a_regular_expression(pattern: DialPattern) -> None:
    """As Asterisk matches."""
    regex = as_regex(pattern)

    assert [
        text for text in EVERYTHING if pattern.matches(text) is not bool(regex.fullmatch(text))
    ] == []


@pytest.mark.parametrize("region", [None, "US", "GB", "IT", "ES", "RU", "BR"])
@settings(max_examples=60)
@given(text=PATTERNS.map(lambda p: p.text) | st.text("0129XZN.!+[]-_${}()@,", max_size=14))
def test_no_text_of_a_user_is_run(text: str, region: str | None) -> None:
    """What is dialled is ``+``, digits and our own expression, or an emergency number."""
    try:
        dialled = dialled_as(dial_pattern(text), region)
    except ValidationError:
        return

    ours = r"\+[0-9]*\$\{FILTER\(0-9,\$\{EXTEN(:[1-9])?\}\)\}"
    service = r"[0-9]{2,6}|\$\{FILTER\(0-9,\$\{EXTEN\}\)\}"
    assert re.fullmatch(rf"\+[0-9]+|{ours}|{service}", dialled)


@settings(max_examples=60)
@given(
    st.sampled_from(["_NXXNXXXXXX", "_1NXXNXXXXXX", "_011Z.", "_+1NXXNXXXXXX"]),
    st.text("23456789", min_size=10, max_size=10),
)
def test_what_the_expression_yields_is_the_number(text: str, digits: str) -> None:
    """Asterisk's part of the work, done by hand, gives what the phone number library gives."""
    before = {"_NXXNXXXXXX": "", "_1NXXNXXXXXX": "1", "_011Z.": "0111", "_+1NXXNXXXXXX": "+1"}
    dialled = before[text] + digits
    form = dialled_as(dial_pattern(text), "US")
    skip = int(found[1]) if (found := re.search(r"EXTEN:(\d+)", form)) else 0

    kept = re.sub(r"[^0-9]", "", dialled[skip:])
    assert form[: form.index("$")] + kept == e164(dialled, region="US")
