"""Other names of SIP domains: ``ps_domain_aliases`` (``res/res_pjsip/config_domain_aliases.c``)."""

from __future__ import annotations

from asterisk_realtime.models.base import Base, Mapped, key, option
from asterisk_realtime.models.types import AstString, Name


class DomainAlias(Base):
    """
    A second name for a SIP domain (``type=domain_alias``).

    Asterisk only reads the table: at each request that is identified by its From user, and at
    each REGISTER, unless ``disable_multi_domain`` is on in ``ps_globals``.
    It helps only where endpoint ids have the form ``user@domain``, and the direction is easily
    mistaken: ``id`` is the alias.
    """

    __tablename__ = "ps_domain_aliases"

    id: Mapped[str] = key(
        "The alias: a host as callers write it in From or To, without scheme and port.",
        Name(255),
        primary_key=True,
    )
    domain: Mapped[str | None] = option(
        "The real domain, as it stands in endpoint ids of the form user@domain.",
        AstString(255),
        since="12.0.0",
    )
