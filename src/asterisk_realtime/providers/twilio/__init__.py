"""
Twilio Elastic SIP Trunking.

Twilio takes our calls at the trunk's termination URI and answers a digest challenge's response;
calls to us come without credentials, so their source address decides.
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
