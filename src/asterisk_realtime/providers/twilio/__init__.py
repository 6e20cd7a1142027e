"""
Twilio Elastic SIP Trunking.

Outbound calls go to the trunk's termination URI, and answer Twilio's digest challenge. Inbound
calls come without credentials, so they are recognised by their source address.
"""

from asterisk_realtime.providers.twilio.ranges import MEDIA, OBSOLETE, SIGNALING, TWILIO
from asterisk_realtime.providers.twilio.termination import (
    EDGES,
    INTERCONNECT_EDGES,
    LEGACY_REGIONS,
    TerminationUri,
    termination_uri,
)
from asterisk_realtime.providers.twilio.trunk import TwilioAllowance, TwilioTrunk

__all__ = [
    "EDGES",
    "INTERCONNECT_EDGES",
    "LEGACY_REGIONS",
    "MEDIA",
    "OBSOLETE",
    "SIGNALING",
    "TWILIO",
    "TerminationUri",
    "TwilioAllowance",
    "TwilioTrunk",
    "termination_uri",
]
