"""TODO."""

from __future__ import annotations


from asterisk_realtime.models.base import AstBool, Base, Mapped, key, option
from asterisk_realtime.models.types import AstString


class TelephoneNumber(Base):
    """TODO."""

    __tablename__ = "stir_tn"

    id: Mapped[str] = key(
        "TODO.",
        AstString(80),
        primary_key=True,
    )
    private_key_file: Mapped[str | None] = option(
        "TODO.",
        AstString(1024),
    )
    public_cert_url: Mapped[str | None] = option(
        "TODO.",
        AstString(1024),
    )
    attest_level: Mapped[str | None] = option(
        "TODO.",
        AstString(1),
    )
    send_mky: Mapped[AstBool | None] = option(
        "TODO.",
    )
