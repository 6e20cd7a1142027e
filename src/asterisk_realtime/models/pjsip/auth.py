"""TODO."""

from __future__ import annotations


from asterisk_realtime.models.base import Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, CommaList, SecretString
from asterisk_realtime.values.choices import AuthType


class Auth(Base):
    """TODO."""

    __tablename__ = "ps_auths"

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    auth_type: Mapped[AuthType | None] = option(
        "TODO.",
        since="12.0.0",
        default="userpass",
    )
    nonce_lifetime: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=32,
    )
    md5_cred: Mapped[str | None] = option(
        "TODO.",
        SecretString(40),
        since="12.0.0",
    )
    password: Mapped[str | None] = option(
        "TODO.",
        SecretString(255),
        since="12.0.0",
    )
    realm: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    username: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    refresh_token: Mapped[str | None] = option(
        "TODO.",
        SecretString(255),
        since="17.0.0",
    )
    oauth_clientid: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="17.0.0",
    )
    oauth_secret: Mapped[str | None] = option(
        "TODO.",
        SecretString(255),
        since="17.0.0",
    )
    password_digest: Mapped[str | None] = option(
        "TODO.",
        SecretString(1024),
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
    supported_algorithms_uas: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(1024),
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
    supported_algorithms_uac: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(1024),
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
