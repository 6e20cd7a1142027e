"""What all specs share."""

from __future__ import annotations

from asterisk_realtime.values.checked import Checked


class Spec(Checked):
    """
    A thing that a person wants, in their words; valid by construction.

    `asterisk_realtime.plan` and `asterisk_realtime.apply` take any of them.
    """

    def parts(self) -> tuple[Spec, ...]:
        """Return what it is made of: a provider's trunk is a trunk, anything else is itself."""
        return (self,)
