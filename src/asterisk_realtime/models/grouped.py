"""
The rows that make up one thing.

They are models in the caller's session: set columns that specs do not cover on them before you
commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from asterisk_realtime.models.followme import FollowMe, FollowMeNumber
    from asterisk_realtime.models.moh import MusicOnHold, MusicOnHoldEntry
    from asterisk_realtime.models.pjsip.aor import Aor
    from asterisk_realtime.models.pjsip.auth import Auth
    from asterisk_realtime.models.pjsip.endpoint import Endpoint
    from asterisk_realtime.models.pjsip.registration import Registration
    from asterisk_realtime.models.queues import Queue, QueueMember


@attrs.frozen(kw_only=True)
class PhoneRows:
    """
    The rows of a phone.

    Attributes:
        endpoint: How to talk to it.
        aor: Where it may register; Asterisk keeps in ``ps_contacts`` where it did.
        auth: What it proves itself with. A password that was generated is read here.
    """

    endpoint: Endpoint
    aor: Aor
    auth: Auth


@attrs.frozen(kw_only=True)
class TrunkRows:
    """
    The rows of a trunk.

    Attributes:
        endpoint: How to talk to the provider.
        aor: Where it is reached.
        auth: What its challenge is answered with; None without credentials.
        inbound_auth: What it must answer our challenge with; None lets it in by address.
        registration: Where Asterisk registers for its calls; None of a trunk by address.
    """

    endpoint: Endpoint
    aor: Aor
    auth: Auth | None = None
    inbound_auth: Auth | None = None
    registration: Registration | None = None


@attrs.frozen(kw_only=True)
class QueueRows:
    """
    The rows of a queue.

    Attributes:
        queue: Its settings.
        members: Who answers, in the order of their interfaces.
    """

    queue: Queue
    members: tuple[QueueMember, ...] = ()


@attrs.frozen(kw_only=True)
class MusicRows:
    """
    The rows of a class of music.

    Attributes:
        music_class: Its settings.
        entries: The pieces of a playlist, in their order.
    """

    music_class: MusicOnHold
    entries: tuple[MusicOnHoldEntry, ...] = ()


@attrs.frozen(kw_only=True)
class FollowMeRows:
    """
    The rows of a follow-me profile.

    Attributes:
        profile: Its settings.
        steps: The places, in their order.
    """

    profile: FollowMe
    steps: tuple[FollowMeNumber, ...]
