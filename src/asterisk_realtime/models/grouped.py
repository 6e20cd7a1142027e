"""
The rows of one phone, trunk, queue, music class or follow-me profile.

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
        endpoint: Its call settings.
        aor: Its AOR, to which it registers; Asterisk keeps the contacts in ``ps_contacts``.
        auth: Its credentials, including a password that was generated.
    """

    endpoint: Endpoint
    aor: Aor
    auth: Auth


@attrs.frozen(kw_only=True)
class TrunkRows:
    """
    The rows of a trunk.

    Attributes:
        endpoint: Its call settings.
        aor: The contacts to which calls are sent.
        auth: Credentials for the provider's challenge; None without any.
        inbound_auth: Credentials that the provider must send; None accepts it by address.
        registration: Registration at the provider; None if the trunk does not register.
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
        members: Its members, in the order of their interfaces.
    """

    queue: Queue
    members: tuple[QueueMember, ...] = ()


@attrs.frozen(kw_only=True)
class MusicRows:
    """
    The rows of a class of music.

    Attributes:
        music_class: Its settings.
        entries: The files of a playlist, in their order.
    """

    music_class: MusicOnHold
    entries: tuple[MusicOnHoldEntry, ...] = ()


@attrs.frozen(kw_only=True)
class FollowMeRows:
    """
    The rows of a follow-me profile.

    Attributes:
        profile: Its settings.
        steps: Its steps, in their order.
    """

    profile: FollowMe
    steps: tuple[FollowMeNumber, ...]
