"""The service's own tables, beside those of Asterisk."""

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the service's own tables."""


class Tenant(Base):
    """A customer. Its slug names its trunk, its queue and the context of its phones."""

    __tablename__ = "tenants"

    slug: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))

    @property
    def calls_in(self) -> str:
        """The context that calls from outside enter, which no phone may share."""
        return f"from-{self.slug}"
