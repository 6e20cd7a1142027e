"""Addresses of record: ``ps_aors`` (``res/res_pjsip/location.c``)."""

from __future__ import annotations

from sqlalchemy import Index, text

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.indexes import in_lower_case, of_rare_rows
from asterisk_realtime.models.types import AstString, CommaList, Name


class Aor(Base):
    """
    Where a peer is reached (``type=aor``): at fixed contacts, or where it registered.

    Asterisk only reads the table: one row at a REGISTER or Dial, all rows at load and reload. It
    keeps a row in memory: for 10 seconds with the files of `conf.render`, and a change counts after
    that.
    A new row is dialled at once, but its contacts are qualified only after
    ``module reload res_pjsip.so``; until then queues and hints see the endpoint as unavailable.
    Asterisk drops a row with a contact that is not a ``sip:`` or ``sips:`` URI.
    """

    __tablename__ = "ps_aors"
    __table_args__ = (
        Index("ps_aors_qualifyfreq_contact", "qualify_frequency", "contact"),
        # Asterisk asks for `contact != ''`, which only MariaDB answers from an ordinary index.
        Index(
            "ps_aors_contact",
            "contact",
            postgresql_where=text("contact <> ''"),
        ),
        in_lower_case("ps_aors_lower_id", "id"),
        of_rare_rows("ps_aors", "id"),
    )

    id: Mapped[str] = key(
        "Name in an endpoint's aors and in To of a REGISTER, up to 219 characters; '_' and '%' "
        "would also match other AORs' contacts.",
        Name(255),
        primary_key=True,
    )
    contact: Mapped[tuple[str, ...] | None] = option(
        "Fixed sip: or sips: URIs, which max_contacts does not count; one without a user part "
        "gets the number that Dial names.",
        CommaList(1024, adds_up=True),
        since="12.2.0",
    )
    default_expiration: Mapped[Unsigned | None] = option(
        "Seconds granted to a REGISTER without an expiration.",
        since="12.0.0",
        default=3600,
    )
    mailboxes: Mapped[tuple[str, ...] | None] = option(
        "Mailboxes such as 100@default whose message count a phone may subscribe to; the "
        "endpoint's own list is sent unasked.",
        CommaList(512),
        since="12.0.0",
    )
    max_contacts: Mapped[Unsigned | None] = option(
        "Most contacts that may be registered at once; None and 0 both refuse every REGISTER "
        "with 403.",
        since="12.0.0",
        default=0,
    )
    minimum_expiration: Mapped[Unsigned | None] = option(
        "Shortest expiration, in seconds, to which a shorter one in REGISTER is raised.",
        since="12.0.0",
        default=60,
    )
    remove_existing: Mapped[AstBool | None] = option(
        "Let a new registration drop the contacts that expire soonest when max_contacts is "
        "reached, instead of being refused.",
        since="12.0.0",
    )
    qualify_frequency: Mapped[Unsigned | None] = option(
        "Seconds from one OPTIONS to the next for each contact, 0 (never) to 86400; a change "
        "waits for a reload or REGISTER.",
        since="12.0.0",
        default=0,
    )
    authenticate_qualify: Mapped[AstBool | None] = option(
        "Without effect in present releases: a challenge to OPTIONS is always answered, with "
        "the endpoint's outbound_auth.",
        since="12.0.0",
    )
    maximum_expiration: Mapped[Unsigned | None] = option(
        "Longest expiration, in seconds, to which a longer one in REGISTER is cut.",
        since="12.0.0",
        default=7200,
    )
    outbound_proxy: Mapped[str | None] = option(
        "Full SIP URI of the proxy for OPTIONS to the contacts, with ';lr' for loose routing; "
        "calls take the endpoint's.",
        AstString(255),
        since="12.0.0",
    )
    support_path: Mapped[AstBool | None] = option(
        "Keep the Path headers of a REGISTER (RFC 3327) and send them as Route in requests to "
        "that contact.",
        since="12.1.0",
    )
    qualify_timeout: Mapped[float | None] = option(
        "Seconds, with fractions, after which unanswered OPTIONS make a contact unavailable; "
        "DNS look-ups count, 0 waits for ever.",
        since="13.4.0",
        default=3.0,
    )
    voicemail_extension: Mapped[str | None] = option(
        "Extension in Message-Account of voicemail NOTIFYs; None takes the global "
        "default_voicemail_extension.",
        AstString(40),
        since="13.9.0",
    )
    remove_unavailable: Mapped[AstBool | None] = option(
        "When max_contacts is reached, drop unavailable contacts first, and without "
        "remove_existing no others.",
        since=("16.22.0", "18.8.0"),
    )
    qualify_2xx_only: Mapped[AstBool | None] = option(
        "Consider a contact available only if it answers OPTIONS with 2xx, not with any answer.",
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
