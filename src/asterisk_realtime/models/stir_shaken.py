"""Numbers that Asterisk signs for: ``stir_tn`` (``res/res_stir_shaken/tn_config.c``)."""

from __future__ import annotations

from asterisk_realtime.models.base import AstBool, Base, Mapped, key, option
from asterisk_realtime.models.types import AstString, Choice, Name
from asterisk_realtime.values.choices import AttestLevel


class TelephoneNumber(Base):
    """
    A caller number with the key that signs its calls (STIR/SHAKEN, RFC 8224; ``type=tn``).

    Asterisk only reads the table: by the caller's number, at each call out of an endpoint whose
    ``stir_shaken_profile`` attests.
    A column that is None takes the value of that profile, then that of ``[attestation]`` in
    stir_shaken.conf.
    A number written with ``+`` is never found, and without a row the call goes out unsigned unless
    ``unknown_tn_attest_level`` is set there.
    """

    __tablename__ = "stir_tn"

    id: Mapped[str] = key(
        "Caller number of digits, '*' and '#' only, since Asterisk removes '+', blanks and the "
        "like before the look-up.",
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
        "Attestation level: caller and number (A), only the caller (B), only the gateway (C); "
        "None takes the profile's.",
        Choice(AttestLevel, length=1),
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
    send_mky: Mapped[AstBool | None] = option(
        "Sign the DTLS fingerprints of the media too (mky of RFC 8225), which some verifiers "
        "reject; None takes the profile's.",
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
    # -- Read by Asterisk, but not in its scripts --------------------------------------------------

    check_tn_cert_public_url: Mapped[AstBool | None] = option(
        "Fetch the certificate and check its dates each time the row is read; the row is ignored "
        "if that fails. None takes the setting of ``[attestation]``.",
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
