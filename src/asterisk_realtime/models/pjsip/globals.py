"""TODO."""

from __future__ import annotations


from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, CommaList
from asterisk_realtime.values.choices import TaskprocessorOverloadTrigger


class Global(Base):
    """TODO."""

    __tablename__ = "ps_globals"

    id: Mapped[str] = key(
        "TODO.",
        AstString(40),
        primary_key=True,
    )
    max_forwards: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.3.0",
        default=70,
    )
    user_agent: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    default_outbound_endpoint: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.3.0",
        default="default_outbound_endpoint",
    )
    debug: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.3.0",
        default="no",
    )
    endpoint_identifier_order: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(40),
        since="13.3.0",
        default="ip,username,anonymous",
    )
    max_initial_qualify_time: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.4.0",
        default=0,
    )
    default_from_user: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since="13.6.0",
        default="asterisk",
    )
    keep_alive_interval: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.3.0",
        default=90,
    )
    regcontext: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since="13.8.0",
    )
    contact_expiration_check_interval: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.9.0",
        default=30,
    )
    default_voicemail_extension: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.9.0",
    )
    disable_multi_domain: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.12.0", "14.1.0"),
    )
    unidentified_request_count: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.10.0",
        default=5,
    )
    unidentified_request_period: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.10.0",
        default=5,
    )
    unidentified_request_prune_interval: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.10.0",
        default=30,
    )
    default_realm: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.10.0",
        default="asterisk",
    )
    mwi_tps_queue_high: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("13.12.0", "14.1.0"),
        default=500,
    )
    mwi_tps_queue_low: Mapped[int | None] = option(
        "TODO.",
        since=("13.12.0", "14.1.0"),
        default=-1,
    )
    mwi_disable_initial_unsolicited: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.12.0", "14.1.0"),
    )
    ignore_uri_user_options: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.12.0", "14.1.0"),
    )
    use_callerid_contact: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.24.0", "16.1.0"),
    )
    send_contact_status_on_update_registration: Mapped[AstBool | None] = option(
        "TODO.",
        since="16.2.0",
    )
    taskprocessor_overload_trigger: Mapped[TaskprocessorOverloadTrigger | None] = option(
        "TODO.",
        since=("13.26.0", "16.3.0"),
    )
    norefersub: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.27.0", "16.4.0"),
        default=True,
    )
    allow_sending_180_after_183: Mapped[AstBool | None] = option(
        "TODO.",
        since=("16.26.0", "18.12.0", "19.4.0"),
    )
    all_codecs_on_empty_reinvite: Mapped[AstBool | None] = option(
        "TODO.",
        since=("16.30.0", "18.16.0", "19.8.0", "20.1.0"),
    )
    default_auth_algorithms_uas: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(1024),
        since=("20.12.0", "21.7.0", "22.2.0"),
        default="MD5",
    )
    default_auth_algorithms_uac: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(1024),
        since=("20.12.0", "21.7.0", "22.2.0"),
        default="MD5",
    )
