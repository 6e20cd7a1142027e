"""Reports about calls and queues, as ``select()`` statements."""

from asterisk_realtime.reports.calls import (
    calls_of_account,
    calls_of_endpoint,
    calls_of_number,
    events_of_call,
    missed_calls,
    records_of_call,
    totals_by_day,
    totals_by_endpoint,
)
from asterisk_realtime.reports.queues import agent_totals, queue_calls, queue_service_level

__all__ = [
    "agent_totals",
    "calls_of_account",
    "calls_of_endpoint",
    "calls_of_number",
    "events_of_call",
    "missed_calls",
    "queue_calls",
    "queue_service_level",
    "records_of_call",
    "totals_by_day",
    "totals_by_endpoint",
]
