"""A mailbox, music, a follow-me profile and an access list, with most of what they can say."""

from __future__ import annotations

from asterisk_realtime import (
    AccessList,
    AccessRule,
    CommandMusicClass,
    FollowMeProfile,
    FollowMeStep,
    Mailbox,
    MohSort,
    MusicClass,
)

BOX = Mailbox(
    number="100",
    pin="4711",
    full_name="Zoë; ^B",
    emails=["zoe@example.com", "desk@example.com"],
    attach=True,
    delete=True,
    timezone="central",
    max_messages=50,
)
FILES = MusicClass(name="jazz", directory="moh", sort=MohSort.RANDOM)
PLAYLIST = MusicClass(
    name="list", playlist=["/music/one", "https://radio.example/stream;q=1", "/music/three"]
)
COMMAND = CommandMusicClass(name="radio", command="/usr/bin/mpg123 -s http://x", format="ulaw")
PROFILE = FollowMeProfile(
    name="alice",
    steps=[FollowMeStep(numbers="101&102", timeout=10), FollowMeStep(numbers=["+12025550123"])],
    context="phones",
    ask=False,
    take_call="1",
    decline_call="2",
    music_class="jazz",
)
OFFICE = AccessList(
    name="office",
    rules=[
        AccessRule.permit("10.0.0.0/8", "2001:db8::/32"),
        AccessRule.deny("10.1.0.0/16"),
        AccessRule.permit("10.1.2.3"),
    ],
)
