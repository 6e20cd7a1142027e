"""Credentials: ``ps_auths`` (``res/res_pjsip/config_auth.c``)."""

from __future__ import annotations

from asterisk_realtime.models.base import Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.indexes import in_lower_case
from asterisk_realtime.models.types import AstString, ChoiceList, Name, SecretString
from asterisk_realtime.values.choices import AuthType, DigestAlgorithm


class Auth(Base):
    """
    A user name and its secret (``type=auth``), to challenge a peer or to answer its challenge.

    Asterisk only reads the table, one row at a challenge, and keeps the row in memory: for 10
    seconds with the files of `conf.render`, and a change counts after that.
    The endpoint's ``auth`` or ``outbound_auth`` decides the direction.
    Give each direction a row of its own, since ``realm`` has another meaning in each.
    Asterisk drops a row without a user name, or without a secret for each algorithm of both lists:
    the endpoint then refuses everybody, or cannot answer a challenge.
    """

    __tablename__ = "ps_auths"
    __table_args__ = (in_lower_case("ps_auths_lower_id", "id"),)

    id: Mapped[str] = key(
        "Name for an endpoint's auth or outbound_auth, free to choose since it never goes over "
        "the wire.",
        Name(255),
        primary_key=True,
    )
    auth_type: Mapped[AuthType | None] = option(
        "google_oauth reads the OAuth columns; the other words, alike since 20.12, take the "
        "password or digests that are set.",
        since="12.0.0",
        default="userpass",
    )
    nonce_lifetime: Mapped[Unsigned | None] = option(
        "Seconds during which an answer may use the nonce of Asterisk's challenge; a later one "
        "is challenged afresh.",
        since="12.0.0",
        default=32,
    )
    md5_cred: Mapped[str | None] = option(
        "MD5 of username:realm:password as 32 hex digits, so realm must be set; password_digest "
        "is its successor.",
        SecretString(40),
        since="12.0.0",
    )
    password: Mapped[str | None] = option(
        "Secret in plain text, which serves every algorithm and realm.",
        SecretString(255),
        since="12.0.0",
    )
    realm: Mapped[str | None] = option(
        "Inbound: realm of the challenge, None for the global default_realm; outbound: the "
        "server's realm, None or '*' for any.",
        AstString(255),
        since="12.0.0",
    )
    username: Mapped[str | None] = option(
        "Digest user name; required; that of a phone may differ from its endpoint's name.",
        AstString(255),
        since="12.0.0",
    )
    refresh_token: Mapped[str | None] = option(
        "OAuth 2.0 refresh token; needed by auth_type google_oauth, which works only with a "
        "pjproject built for it.",
        SecretString(255),
        since="17.0.0",
    )
    oauth_clientid: Mapped[str | None] = option(
        "OAuth 2.0 client id of the application; needed by auth_type google_oauth.",
        AstString(255),
        since="17.0.0",
    )
    oauth_secret: Mapped[str | None] = option(
        "OAuth 2.0 secret of the application; needed by auth_type google_oauth.",
        SecretString(255),
        since="17.0.0",
    )
    password_digest: Mapped[str | None] = option(
        "ALGORITHM:hex of username:realm:password, comma separated, one for each algorithm of "
        "both lists; realm must be set.",
        SecretString(1024),
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
    supported_algorithms_uas: Mapped[tuple[DigestAlgorithm, ...] | None] = option(
        "Algorithms that challenges to others offer; None takes the global list, and each needs "
        "a password or its digest.",
        ChoiceList(DigestAlgorithm, 1024, adds_up=True),
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
    supported_algorithms_uac: Mapped[tuple[DigestAlgorithm, ...] | None] = option(
        "Algorithms answered in others' challenges; None takes the global list, and each needs "
        "a secret even if unused.",
        ChoiceList(DigestAlgorithm, 1024, adds_up=True),
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
