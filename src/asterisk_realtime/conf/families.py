"""
Which realtime family reads which table, and which PJSIP objects come from a family.

Names of families and sections: Asterisk's ``extconfig.conf.sample``, ``sorcery.conf.sample`` and
the ``ast_sorcery_open`` and ``ast_load_realtime`` calls of its modules.
"""

from __future__ import annotations

from typing import Final

FAMILIES: Final[dict[str, str]] = {
    "ps_endpoints": "ps_endpoints",
    "ps_auths": "ps_auths",
    "ps_aors": "ps_aors",
    "ps_contacts": "ps_contacts",
    "ps_domain_aliases": "ps_domain_aliases",
    "ps_endpoint_id_ips": "ps_endpoint_id_ips",
    "ps_registrations": "ps_registrations",
    "ps_transports": "ps_transports",
    "ps_globals": "ps_globals",
    "ps_systems": "ps_systems",
    "ps_resource_list": "ps_resource_list",
    "ps_subscription_persistence": "ps_subscription_persistence",
    "ps_outbound_publishes": "ps_outbound_publishes",
    "ps_inbound_publications": "ps_inbound_publications",
    "ps_asterisk_publications": "ps_asterisk_publications",
    "stir_tn": "stir_tn",
    "extensions": "extensions",
    "queues": "queues",
    "queue_members": "queue_members",
    "queue_rules": "queue_rules",
    "voicemail": "voicemail",
    "musiconhold": "musiconhold",
    "musiconhold_entry": "musiconhold_entry",
    # chan_iax2 asks for these two; one table serves both (`extconfig.conf.sample`).
    "iaxusers": "iaxfriends",
    "iaxpeers": "iaxfriends",
    "meetme": "meetme",
    "acls": "acls",
    "followme": "followme",
    "followme_numbers": "followme_numbers",
}
"""
Family -> table, as extconfig.conf maps them. A line alone changes nothing for PJSIP.

Not here: ``queue_log``, since its line alone moves Asterisk's queue log from the file to the
table, and ``voicemail_data``, whose line does so with the details of each message; ``cdr``,
``cel`` and ``voicemail_messages``, which other files of Asterisk configure; ``ast_config``, to
which a site maps the files that it wants there; ``sippeers``, whose module is gone since
Asterisk 21.
"""

SORCERY: Final[tuple[tuple[str, str, str], ...]] = (
    ("res_pjsip", "endpoint", "ps_endpoints"),
    ("res_pjsip", "auth", "ps_auths"),
    ("res_pjsip", "aor", "ps_aors"),
    ("res_pjsip", "contact", "ps_contacts"),
    ("res_pjsip_endpoint_identifier_ip", "identify", "ps_endpoint_id_ips"),
    ("res_pjsip_outbound_registration", "registration", "ps_registrations"),
)
"""Section of sorcery.conf, object, family: what is read from the database by default."""

OPTIONAL_SORCERY: Final[tuple[tuple[str, str, str], ...]] = (
    ("res_pjsip", "transport", "ps_transports"),
    ("res_pjsip", "global", "ps_globals"),
    ("res_pjsip", "system", "ps_systems"),
    ("res_pjsip", "domain_alias", "ps_domain_aliases"),
    ("res_pjsip_pubsub", "resource_list", "ps_resource_list"),
    ("res_pjsip_pubsub", "subscription_persistence", "ps_subscription_persistence"),
    ("res_pjsip_pubsub", "inbound-publication", "ps_inbound_publications"),
    ("res_pjsip_outbound_publish", "outbound-publish", "ps_outbound_publishes"),
    ("res_pjsip_publish_asterisk", "asterisk-publication", "ps_asterisk_publications"),
    ("res_stir_shaken", "tn", "stir_tn"),
)
"""The same for what is read from the database only on request."""

OPTIONAL_FAMILIES: Final[dict[str, str]] = {
    "queue_log": "queue_log",
    "voicemail_data": "voicemail_data",
}
"""Family -> table, where the line alone makes Asterisk write to the table."""

ALSO: Final = (*(name for _section, name, _family in OPTIONAL_SORCERY), *OPTIONAL_FAMILIES)
"""What `render` maps to the database only on request."""

ASTERISK_WRITES: Final = frozenset({"contact", "subscription_persistence", "voicemail_data"})
"""Objects whose rows Asterisk deletes by their key, which res_config_sqlite3 cannot do."""
