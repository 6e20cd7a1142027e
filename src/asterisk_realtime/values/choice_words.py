"""The values of enums that specs take, as text for type checkers: a wrong word is a type error."""

from __future__ import annotations

from typing import Literal, TypeAlias

AclSenseWord: TypeAlias = Literal["permit", "deny"]
DigestAlgorithmWord: TypeAlias = Literal["MD5", "SHA-256", "SHA-512-256"]
EndingWord: TypeAlias = Literal["cause", "plain", "open"]
MediaEncryptionWord: TypeAlias = Literal["no", "sdes", "dtls"]
MohSortWord: TypeAlias = Literal["alpha", "random", "randstart"]
PasswordStorageWord: TypeAlias = Literal["plain", "md5", "digest"]
QueueAnnounceHoldtimeWord: TypeAlias = Literal["yes", "no", "once"]
QueueAnnouncePositionWord: TypeAlias = Literal["yes", "no", "limit", "more"]
QueueAutopauseWord: TypeAlias = Literal["yes", "no", "all"]
QueueEmptyWord: TypeAlias = Literal[
    "yes",
    "no",
    "strict",
    "loose",
    "paused",
    "penalty",
    "inuse",
    "ringing",
    "invalid",
    "wrapup",
    "unavailable",
    "unknown",
]
QueueStrategyWord: TypeAlias = Literal[
    "ringall",
    "leastrecent",
    "fewestcalls",
    "random",
    "rrmemory",
    "roundrobin",
    "linear",
    "wrandom",
    "rrordered",
]
RtpProfileWord: TypeAlias = Literal["avp", "avpf", "any"]
VoicemailGreetingWord: TypeAlias = Literal["unavailable", "busy"]
