"""Numbers that Asterisk signs for: ``stir_tn`` (``res/res_stir_shaken/tn_config.c``)."""

from __future__ import annotations

from asterisk_realtime.models.base import AstBool, Base, Mapped, key, option
from asterisk_realtime.models.types import AstString, Choice, Name
from asterisk_realtime.values.choices import AttestLevel


class TelephoneNumber(Base):
    """
    A caller number with the key that vouches for it (STIR/SHAKEN, RFC 8224; ``type=tn``).

    Asterisk only reads the table: by the caller's number, at each call out of an endpoint whose
    ``stir_shaken_profile`` attests.
    What a row leaves open comes from that profile, then from ``[attestation]`` in
    stir_shaken.conf.
    A number written with ``+`` is never found, and without a row the call goes out unsigned unless
    ``unknown_tn_attest_level`` is set there.
    """

    __tablename__ = "stir_tn"

    id: Mapped[str] = key(
        "Caller number of digits, '*' and '#' only, since Asterisk takes '+', blanks and the "
        "like out before it looks.",
        Name(80),
        primary_key=True,
    )
    private_key_file: Mapped[str | None] = option(
        "PEM file of the signing key on Asterisk's host, closed to group and others; None takes "
        "the profile's.",
        AstString(1024),
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
    public_cert_url: Mapped[str | None] = option(
        "URL, http or https, where verifiers fetch the certificate of the key; None takes the "
        "profile's.",
        AstString(1024),
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
    attest_level: Mapped[AttestLevel | None] = option(
        "What is vouched for: the caller and the number (A), the caller (B), the way in (C); "
        "None takes the profile's.",
        Choice(AttestLevel, length=1),
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
    send_mky: Mapped[AstBool | None] = option(
        "Sign the DTLS fingerprints of the media too (mky of RFC 8225), on which some verifiers "
        "stumble; None asks the profile.",
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
    # -- Read by Asterisk, and not made by its scripts ---------------------------------------------

    check_tn_cert_public_url: Mapped[AstBool | None] = option(
        "Fetch the certificate each time the row is read, and look at its dates; the row counts "
        "for nothing if that fails. None asks ``[attestation]``.",
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
