"""Find-me/follow-me: ``followme`` and ``followme_numbers`` (``apps/app_followme.c``)."""

from __future__ import annotations

from sqlalchemy.orm import foreign

from asterisk_realtime.models.base import Base, Mapped, Unsigned, YesNoBool, key, option, related
from asterisk_realtime.models.indexes import in_lower_case
from asterisk_realtime.models.types import AstString, FirstString, Name


class FollowMe(Base):
    """
    A follow-me profile: the settings and prompts of FollowMe().

    Asterisk only reads these rows, at each FollowMe(); a profile of followme.conf with that name
    wins. An option that is None takes the value of its ``[general]`` section.
    """

    __tablename__ = "followme"
    __table_args__ = (in_lower_case("followme_lower_name", "name"),)

    name: Mapped[str] = key(
        "Name of the profile, as in FollowMe().",
        Name(80),
        primary_key=True,
    )
    active: Mapped[YesNoBool | None] = option(
        "Whether the profile is used; FollowMe() does not find it if this is False.",
        default=True,
    )
    musicclass: Mapped[str | None] = option(
        "Music class that the caller hears meanwhile.",
        AstString(80),
    )
    context: Mapped[str | None] = option(
        "Dialplan context in which the numbers are dialled; its routes decide the costs.",
        AstString(80),
    )
    takecall: Mapped[str | None] = option(
        "Keys with which the callee accepts the call; not a part of ``declinecall``.",
        AstString(20),
    )
    declinecall: Mapped[str | None] = option(
        "Keys with which the callee declines the call; not a part of ``takecall``.",
        AstString(20),
    )
    call_from_prompt: Mapped[str | None] = option(
        "Sound file that says to the callee whom the call is from, before the recorded name.",
        AstString(255),
    )
    norecording_prompt: Mapped[str | None] = option(
        "Sound file that says to the callee that there is a call, where no name was recorded.",
        AstString(255),
    )
    options_prompt: Mapped[str | None] = option(
        "Sound file that tells the callee the two keys.",
        AstString(255),
    )
    pls_hold_prompt: Mapped[str | None] = option(
        "Sound file that asks the caller to wait.",
        AstString(255),
    )
    status_prompt: Mapped[str | None] = option(
        "Sound file that tells the caller that the callee is away, with option ``s``.",
        AstString(255),
    )
    sorry_prompt: Mapped[str | None] = option(
        "Sound file that tells the caller that nobody was found.",
        AstString(255),
    )
    connecting_prompt: Mapped[str | None] = option(
        "Sound file that the callee hears right before the caller; None plays nothing.",
        AstString(255),
    )
    enable_callee_prompt: Mapped[YesNoBool | None] = option(
        "Ask the callee whether to accept the call, instead of connecting whoever answers.",
    )
    # -- Rows that name it -------------------------------------------------------------------------

    numbers: Mapped[list[FollowMeNumber]] = related(
        "The steps, in their order.",
        lambda: FollowMeNumber,
        lambda: FollowMe.name == foreign(FollowMeNumber.name),
        order_by=lambda: FollowMeNumber.ordinal,
    )


class FollowMeNumber(Base):
    """
    One step of a profile: a number, or several at once.

    Asterisk only reads these rows, in the order of ``ordinal`` as text, at each FollowMe().
    """

    __tablename__ = "followme_numbers"

    name: Mapped[str] = key(
        "Profile that the step belongs to.",
        Name(80),
        primary_key=True,
    )
    # Text, since Asterisk asks `ordinal LIKE '%'`, which PostgreSQL refuses for a number.
    ordinal: Mapped[str] = key(
        "Place of the step, compared as text: write ``01``, ``02``, ..., ``10``.",
        Name(10),
        primary_key=True,
    )
    phonenumber: Mapped[str] = key(
        "Number dialled in the profile's context; several at once with ``&`` between them.",
        FirstString(255),
    )
    timeout: Mapped[Unsigned | None] = option(
        "Seconds that the step rings; 0 means the default.",
        default=25,
    )
    # -- Rows that it names ------------------------------------------------------------------------

    profile: Mapped[FollowMe | None] = related(
        "The profile; None for one of followme.conf.",
        lambda: FollowMe,
        lambda: FollowMe.name == foreign(FollowMeNumber.name),
    )
