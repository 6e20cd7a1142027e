"""
Create the tables that Asterisk 22.10 reads, or bring existing ones up to date.

This first revision works on every database. An empty one gets all tables. Tables that Asterisk's
own scripts of any release since 16 created get what they lack. The tables have more than those
scripts give them:

- a primary key for every table;
- labels that Asterisk accepts and the enums of the scripts lack;
- longer columns for values that would not fit;
- generated numbers where an INSERT without one would fail;
- columns that Asterisk reads, and indexes for its queries;
- tables that Asterisk can use and the scripts do not create: channel events, named ACLs, follow-me,
  configuration files, and data of voicemail messages.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Double,
    Enum,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from asterisk_realtime.migrations.planning.revisions import reconcile, remove_all
from asterisk_realtime.migrations.reading.upstream import UpstreamHead
from asterisk_realtime.migrations.schema import columns, filled, key, numbered, required, serial

revision = "asterisk_22_10"
down_revision = None
branch_labels = None
depends_on = None

# The revisions of Asterisk's own scripts at 22.10, and all earlier revisions of any branch.
UPSTREAM = (
    UpstreamHead(
        tree="config",
        head="e89e30cee53f",
        before="""
            4da0c5f79a9c 43956d550a44 581a4264e537 2fc7930b41b3 21e526ad3040 28887f25a46f
            4c573e7135bd 3855ee4e5f85 e96a0b8071c c6d929b23a8 51f8cb66540e 1d50859ed02e 1758e8bbf6b
            5139253c0423 d39508cb8d8 5950038a6ead 10aedae86a32 371a3bf4143e 15b1430ad6f1
            945b1098bdd 45e3f47c6c44 23530d604b96 31cd4f4891ec 461d7d691209 a541e0b5e89
            28b8e71e541f 498357a710ae 26f10cadc157 154177371065 28ce1e718f05 339a3bdf53fc
            189a235b3fd7 2d078ec071b7 26d7f3bf0fa5 136885b81223 423f34ad36e2 dbc44d5a908
            3bcc0b5bc2c9 5813202e92be 1c688d9a003c 8d478ab86e29 65eb22eb195 81b01a191a46
            6be31516058d d7e3c73eb2bf a845e4d8ade8 ef7efc2d3964 9deac0ae4717 4a6c67fa9b7a
            c7a44a5a0851 3772f8f828da 4e2493ef32e6 7f3e21abe318 a6ef36f1309 4468b4a91372
            28ab27a7826d 465e70e8c337 15db7b91a97a f638dbe2eb23 8fce4c573e15 2da192dbbc65
            1d0e332c32af 86bb1efa278d d7983954dd96 39959b9c2566 164abbd708c 44ccced114ce
            f3d1c5d38b56 b83645976fdd a1698e8bb9c5 20abce6d1e3c de83fac997e2 041c0d3d1857
            e2f04d309071 52798ad97bdf d3e4284f8707 0be05c3a8225 19b00bc19b7b 1d3ed26d9978
            fe6592859b85 7f85dd44c775 465f47f880be 2bb1a85135ad 1ac563b350a8 0838f8db6a61
            f3c0b8695b66 80473bad3c16 3a094a18e75b fbb7766f17bc 79290b511e4b b80485ff4dd0
            61797b9fced6 1ae0609b6646 e658c26033ca 8915fcc5766f c20d6e3992f4 f56d79a9f337
            a06d8f8462d9 8f72185e437f 0bee61aa9425 18e0805d367f 58e440314c2a 7197536bb68d
            9f3692b1654b 539f68bede2c 417c0247fd7e ccf795ee535f 5a2247c957d2 f261363a857f
            4042a0ff4d9f f5b0e7427449 dac2b4c328b8 37a5332640e2 24c12d8e9014 bd335bae5d33
            74dc751dfe8e 8fce8496f03e cf150a175fd3 d5122576cca8 6c475a93f48a bd9c5159c7ea
            2b7c507d7d12 655054a68ad5 801b9fced8b7 4f91fc18c979 44bd6dd914fa abdc9ede147d
            dc7c357dc178 bb6d54e22913 a062185f355c
        """,
    ),
    UpstreamHead(
        tree="cdr",
        head="54cde9847798",
        before="210693f3123d",
    ),
    UpstreamHead(
        tree="voicemail",
        head="64fae6bbe7fb",
        before="a2e9769475e 39428242f7f5 1c55c341360f",
    ),
    UpstreamHead(
        tree="queue_log",
        head="4105ee839f58",
        before="",
    ),
)

AST_BOOL = Enum("0", "1", "off", "on", "false", "true", "no", "yes", name="ast_bool_values")
IAX_ENCRYPTION = Enum("yes", "no", "aes128", name="iax_encryption_values")
IAX_REQUIRECALLTOKEN = Enum("yes", "no", "auto", name="iax_requirecalltoken_values")
IAX_TRANSFER = Enum("yes", "no", "mediaonly", name="iax_transfer_values")
MOH_MODE = Enum(
    "custom",
    "files",
    "mp3nb",
    "quietmp3nb",
    "quietmp3",
    "playlist",
    "mp3",
    "httpmp3",
    name="moh_mode_values",
)
PJSIP_100REL = Enum("no", "required", "peer_supported", "yes", name="pjsip_100rel_values_v2")
PJSIP_AUTH_TYPE = Enum(
    "md5", "userpass", "google_oauth", "digest", name="pjsip_auth_type_values_v2"
)
PJSIP_CID_PRIVACY = Enum(
    "allowed_not_screened",
    "allowed_passed_screened",
    "allowed_failed_screened",
    "allowed",
    "prohib_not_screened",
    "prohib_passed_screened",
    "prohib_failed_screened",
    "prohib",
    "unavailable",
    "allowed_passed_screen",
    "allowed_failed_screen",
    "prohib_passed_screen",
    "prohib_failed_screen",
    name="pjsip_cid_privacy_values",
)
PJSIP_CONNECTED_LINE_METHOD = Enum(
    "invite", "reinvite", "update", name="pjsip_connected_line_method_values"
)
PJSIP_DIRECT_MEDIA_GLARE_MITIGATION = Enum(
    "none", "outgoing", "incoming", name="pjsip_direct_media_glare_mitigation_values"
)
PJSIP_DTLS_SETUP = Enum("active", "passive", "actpass", name="pjsip_dtls_setup_values")
PJSIP_DTMF_MODE = Enum(
    "rfc4733", "inband", "info", "auto", "auto_info", "none", name="pjsip_dtmf_mode_values_v3"
)
PJSIP_INCOMING_CALL_OFFER_PREF = Enum(
    "local", "local_first", "remote", "remote_first", name="pjsip_incoming_call_offer_pref_values"
)
PJSIP_MEDIA_ENCRYPTION = Enum("no", "sdes", "dtls", name="pjsip_media_encryption_values")
PJSIP_OUTGOING_CALL_OFFER_PREF = Enum(
    "local",
    "local_merge",
    "local_first",
    "remote",
    "remote_merge",
    "remote_first",
    name="pjsip_outgoing_call_offer_pref_values",
)
PJSIP_REDIRECT_METHOD = Enum("user", "uri_core", "uri_pjsip", name="pjsip_redirect_method_values")
PJSIP_T38UDPTL_EC = Enum("none", "fec", "redundancy", name="pjsip_t38udptl_ec_values")
PJSIP_TASKPROCESSOR_OVERLOAD_TRIGGER = Enum(
    "none", "global", "pjsip_only", name="pjsip_taskprocessor_overload_trigger_values"
)
PJSIP_TIMER = Enum("forced", "no", "required", "yes", "always", name="pjsip_timer_values")
PJSIP_TRANSPORT_METHOD = Enum(
    "default",
    "unspecified",
    "tlsv1",
    "tlsv1_1",
    "tlsv1_2",
    "tlsv1_3",
    "sslv2",
    "sslv23",
    "sslv3",
    name="pjsip_transport_method_values_v2",
)
PJSIP_TRANSPORT_PROTOCOL = Enum(
    "udp", "tcp", "tls", "ws", "wss", "flow", name="pjsip_transport_protocol_values_v2"
)
QUEUE_AUTOPAUSE = Enum("yes", "no", "all", name="queue_autopause_values")
QUEUE_STRATEGY = Enum(
    "ringall",
    "leastrecent",
    "fewestcalls",
    "random",
    "rrmemory",
    "linear",
    "wrandom",
    "rrordered",
    "roundrobin",
    name="queue_strategy_values",
)
SECURITY_NEGOTIATION = Enum("no", "mediasec", name="security_negotiation_values")
SHA_HASH = Enum("SHA-1", "SHA-256", name="sha_hash_values")
SIP_CALLINGPRES = Enum(
    "allowed_not_screened",
    "allowed_passed_screen",
    "allowed_failed_screen",
    "allowed",
    "prohib_not_screened",
    "prohib_passed_screen",
    "prohib_failed_screen",
    "prohib",
    name="sip_callingpres_values",
)
SIP_DIRECTMEDIA = Enum("yes", "no", "nonat", "update", "outgoing", name="sip_directmedia_values_v2")
SIP_DTMFMODE = Enum("rfc2833", "info", "shortinfo", "inband", "auto", name="sip_dtmfmode_values")
SIP_PROGRESSINBAND = Enum("yes", "no", "never", name="sip_progressinband_values")
SIP_SESSION_REFRESHER = Enum("uac", "uas", name="sip_session_refresher_values")
SIP_SESSION_TIMERS = Enum("accept", "refuse", "originate", name="sip_session_timers_values")
SIP_TRANSPORT = Enum(
    "udp", "tcp", "tls", "ws", "wss", "udp,tcp", "tcp,udp", name="sip_transport_values"
)
TYPE = Enum("friend", "user", "peer", name="type_values")
YESNO = Enum("yes", "no", name="yesno_values")
YES_NO = Enum("yes", "no", name="yes_no_values")

tables = MetaData()

Table(
    "acls",
    tables,
    *serial("id"),
    *required(String(80), "name"),
    *filled(String(80), "systemname"),
    *required(Integer(), "rule_order"),
    *required(String(10), "sense"),
    *required(String(1024), "rule"),
    UniqueConstraint("name", "systemname", "rule_order"),
)

Table(
    "ast_config",
    tables,
    *serial("id"),
    *required(Integer(), "cat_metric", "var_metric"),
    *required(String(128), "filename", "category", "var_name"),
    *required(Text(), "var_val"),
    *required(Integer(), "commented"),
    Index("ast_config_filename", "filename"),
)

Table(
    "cdr",
    tables,
    *columns(String(80), "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel"),
    *columns(String(80), "lastapp", "lastdata"),
    *columns(DateTime(), "start", "answer", "end"),
    *columns(Integer(), "duration", "billsec"),
    *columns(String(45), "disposition", "amaflags"),
    *columns(String(256), "userfield"),
    *columns(String(150), "uniqueid", "linkedid"),
    *columns(String(80), "peeraccount"),
    *columns(Integer(), "sequence"),
    *serial("id", big=True),
    *columns(String(255), "tenantid", "peertenantid"),
    Index("cdr_accountcode_start", "accountcode", "start"),
    Index("cdr_linkedid", "linkedid"),
    Index("cdr_start", "start"),
)

Table(
    "cel",
    tables,
    *serial("id", big=True),
    *columns(String(80), "eventtype"),
    *columns(DateTime(), "eventtime", fraction=6),
    *columns(String(255), "userdeftype", "cid_name", "cid_num", "cid_ani", "cid_rdnis", "cid_dnid"),
    *columns(String(80), "exten", "context"),
    *columns(String(255), "channame"),
    *columns(String(80), "appname"),
    *columns(Text(), "appdata"),
    *columns(Integer(), "amaflags"),
    *columns(String(80), "accountcode", "peeraccount"),
    *columns(String(150), "uniqueid", "linkedid"),
    *columns(String(255), "userfield"),
    *columns(Text(), "peer", "extra"),
    Index("cel_eventtime", "eventtime"),
    Index("cel_linkedid", "linkedid"),
)

Table(
    "extensions",
    tables,
    *serial("id", big=True),
    *required(String(80), "context", "exten"),
    *required(Integer(), "priority"),
    *required(String(80), "app"),
    *filled(String(1024), "appdata"),
    UniqueConstraint("context", "exten", "priority"),
)

Table(
    "followme",
    tables,
    *key(String(80), "name"),
    *columns(YES_NO, "active", default=True),
    *columns(String(80), "musicclass", "context"),
    *columns(String(20), "takecall", "declinecall"),
    *columns(String(255), "call_from_prompt", "norecording_prompt", "options_prompt"),
    *columns(String(255), "pls_hold_prompt", "status_prompt", "sorry_prompt", "connecting_prompt"),
    *columns(YES_NO, "enable_callee_prompt"),
)

Table(
    "followme_numbers",
    tables,
    *key(String(80), "name"),
    *key(String(10), "ordinal"),
    *required(String(255), "phonenumber"),
    *columns(Integer(), "timeout", default=25),
)

Table(
    "iaxfriends",
    tables,
    *serial("id"),
    *required(String(40), "name"),
    *columns(TYPE, "type"),
    *columns(String(40), "username", "mailbox", "secret", "dbsecret", "context", "regcontext"),
    *columns(String(40), "host", "ipaddr"),
    *columns(Integer(), "port"),
    *columns(String(20), "defaultip", "sourceaddress", "mask"),
    *columns(String(40), "regexten"),
    *columns(Integer(), "regseconds"),
    *columns(String(80), "accountcode"),
    *columns(String(20), "mohinterpret", "mohsuggest"),
    *columns(String(40), "inkeys", "outkeys"),
    *columns(String(10), "language"),
    *columns(String(100), "callerid"),
    *columns(String(40), "cid_number"),
    *columns(YES_NO, "sendani"),
    *columns(String(40), "fullname"),
    *columns(YES_NO, "trunk"),
    *columns(String(20), "auth", closed=True),
    *columns(Integer(), "maxauthreq"),
    *columns(IAX_REQUIRECALLTOKEN, "requirecalltoken"),
    *columns(IAX_ENCRYPTION, "encryption"),
    *columns(IAX_TRANSFER, "transfer"),
    *columns(YES_NO, "jitterbuffer", "forcejitterbuffer"),
    *columns(String(200), "disallow", "allow"),
    *columns(String(40), "codecpriority", closed=True),
    *columns(String(10), "qualify"),
    *columns(YES_NO, "qualifysmoothing"),
    *columns(String(10), "qualifyfreqok", "qualifyfreqnotok"),
    *columns(String(20), "timezone"),
    *columns(YES_NO, "adsi"),
    *columns(String(20), "amaflags", closed=True),
    *columns(String(200), "setvar"),
    *columns(String(80), "description"),
    *columns(String(1024), "deny", "permit"),
    *columns(String(255), "acl"),
    *columns(String(80), "outkey"),
    *columns(YES_NO, "forceencryption"),
    *columns(String(10), "connectedline", closed=True),
    *columns(YES_NO, "immediate"),
    *columns(String(80), "peercontext", "parkinglot"),
    *columns(Integer(), "maxcallnumbers"),
    UniqueConstraint("name"),
    Index("iaxfriends_host_port", "host", "port"),
    Index("iaxfriends_ipaddr_port", "ipaddr", "port"),
    Index("iaxfriends_name_host", "name", "host"),
    Index("iaxfriends_name_ipaddr_port", "name", "ipaddr", "port"),
)

Table(
    "meetme",
    tables,
    *serial("bookid"),
    *required(String(80), "confno"),
    *columns(DateTime(), "starttime", "endtime"),
    *columns(String(20), "pin", "adminpin", "opts", "adminopts"),
    *columns(String(80), "recordingfilename"),
    *columns(String(10), "recordingformat"),
    *columns(Integer(), "maxusers"),
    *required(Integer(), "members"),
    Index("meetme_confno_start_end", "confno", "starttime", "endtime"),
)

Table(
    "musiconhold",
    tables,
    *key(String(80), "name"),
    *columns(MOH_MODE, "mode"),
    *columns(String(255), "directory", "application"),
    *columns(String(1), "digit"),
    *columns(String(10), "sort", closed=True),
    *columns(String(10), "format"),
    *columns(DateTime(), "stamp"),
    *columns(YESNO, "loop_last"),
    *columns(String(255), "announcement"),
    *columns(YESNO, "answeredonly"),
    *columns(Integer(), "kill_escalation_delay", default=100),
    *columns(String(20), "kill_method", default="process_group", closed=True),
)

Table(
    "ps_aors",
    tables,
    *key(String(255), "id"),
    *columns(String(1024), "contact"),
    *columns(Integer(), "default_expiration", default=3600),
    *columns(String(512), "mailboxes"),
    *columns(Integer(), "max_contacts", default=0),
    *columns(Integer(), "minimum_expiration", default=60),
    *columns(AST_BOOL, "remove_existing"),
    *columns(Integer(), "qualify_frequency", default=0),
    *columns(AST_BOOL, "authenticate_qualify"),
    *columns(Integer(), "maximum_expiration", default=7200),
    *columns(String(255), "outbound_proxy"),
    *columns(AST_BOOL, "support_path"),
    *columns(Double(), "qualify_timeout", default=3.0),
    *columns(String(40), "voicemail_extension"),
    *columns(AST_BOOL, "remove_unavailable", "qualify_2xx_only"),
    Index("ps_aors_contact", "contact", postgresql_where=text("contact <> ''")),
    Index("ps_aors_qualifyfreq_contact", "qualify_frequency", "contact"),
)

Table(
    "ps_asterisk_publications",
    tables,
    *key(String(40), "id"),
    *columns(String(40), "devicestate_publish", "mailboxstate_publish"),
    *columns(AST_BOOL, "device_state"),
    *columns(String(256), "device_state_filter"),
    *columns(AST_BOOL, "mailbox_state"),
    *columns(String(256), "mailbox_state_filter"),
)

Table(
    "ps_auths",
    tables,
    *key(String(255), "id"),
    *columns(PJSIP_AUTH_TYPE, "auth_type", default="userpass"),
    *columns(Integer(), "nonce_lifetime", default=32),
    *columns(String(40), "md5_cred"),
    *columns(String(255), "password", "realm", "username", "refresh_token", "oauth_clientid"),
    *columns(String(255), "oauth_secret"),
    *columns(String(1024), "password_digest"),
    *columns(String(1024), "supported_algorithms_uas", "supported_algorithms_uac", closed=True),
)

Table(
    "ps_contacts",
    tables,
    *key(String(255), "id"),
    *columns(String(511), "uri"),
    *columns(BigInteger(), "expiration_time"),
    *columns(Integer(), "qualify_frequency"),
    *columns(String(255), "outbound_proxy"),
    *columns(Text(), "path"),
    *columns(String(255), "user_agent"),
    *columns(Double(), "qualify_timeout", default=3.0),
    *columns(String(255), "reg_server"),
    *columns(AST_BOOL, "authenticate_qualify"),
    *columns(String(40), "via_addr"),
    *columns(Integer(), "via_port"),
    *columns(String(255), "call_id", "endpoint"),
    *columns(AST_BOOL, "prune_on_boot", "qualify_2xx_only"),
    Index("ps_contacts_expiration_time", "expiration_time"),
    Index("ps_contacts_id_prefix", "id", postgresql_ops={"id": "varchar_pattern_ops"}),
    Index("ps_contacts_qualifyfreq_exp", "qualify_frequency", "expiration_time"),
)

Table(
    "ps_domain_aliases",
    tables,
    *key(String(255), "id"),
    *columns(String(255), "domain"),
)

Table(
    "ps_endpoint_id_ips",
    tables,
    *key(String(255), "id"),
    *columns(String(255), "endpoint"),
    *columns(String(1024), "match"),
    *columns(AST_BOOL, "srv_lookups", default=True),
    *columns(String(255), "match_header", "match_request_uri"),
    Index("ps_endpoint_id_ips_endpoint", "endpoint"),
)

Table(
    "ps_endpoints",
    tables,
    *key(String(255), "id"),
    *columns(String(255), "transport"),
    *columns(String(2048), "aors"),
    *columns(String(255), "auth"),
    *columns(String(80), "context", default="default"),
    *columns(String(200), "disallow", "allow"),
    *columns(AST_BOOL, "direct_media", default=True),
    *columns(PJSIP_CONNECTED_LINE_METHOD, "connected_line_method", default="invite"),
    *columns(PJSIP_CONNECTED_LINE_METHOD, "direct_media_method", default="invite"),
    *columns(PJSIP_DIRECT_MEDIA_GLARE_MITIGATION, "direct_media_glare_mitigation", default="none"),
    *columns(AST_BOOL, "disable_direct_media_on_nat"),
    *columns(PJSIP_DTMF_MODE, "dtmf_mode", default="rfc4733"),
    *columns(String(40), "external_media_address"),
    *columns(AST_BOOL, "force_rport", default=True),
    *columns(AST_BOOL, "ice_support"),
    *columns(String(80), "identify_by", default="username,ip", closed=True),
    *columns(String(512), "mailboxes"),
    *columns(String(40), "moh_suggest", default="default"),
    *columns(String(255), "outbound_auth", "outbound_proxy"),
    *columns(AST_BOOL, "rewrite_contact", "rtp_ipv6", "rtp_symmetric"),
    *columns(AST_BOOL, "send_diversion", default=True),
    *columns(AST_BOOL, "send_pai", "send_rpid"),
    *columns(Integer(), "timers_min_se", default=90),
    *columns(PJSIP_TIMER, "timers", default="yes"),
    *columns(Integer(), "timers_sess_expires", default=1800),
    *columns(String(255), "callerid"),
    *columns(PJSIP_CID_PRIVACY, "callerid_privacy", default="allowed_not_screened"),
    *columns(String(40), "callerid_tag"),
    *columns(PJSIP_100REL, "100rel", default="yes"),
    *columns(AST_BOOL, "aggregate_mwi", default=True),
    *columns(AST_BOOL, "trust_id_inbound", "trust_id_outbound", "use_ptime", "use_avpf"),
    *columns(PJSIP_MEDIA_ENCRYPTION, "media_encryption", default="no"),
    *columns(AST_BOOL, "inband_progress"),
    *columns(String(40), "call_group", "pickup_group", "named_call_group", "named_pickup_group"),
    *columns(Integer(), "device_state_busy_at", default=0),
    *columns(AST_BOOL, "fax_detect", "t38_udptl"),
    *columns(PJSIP_T38UDPTL_EC, "t38_udptl_ec", default="none"),
    *columns(Integer(), "t38_udptl_maxdatagram", default=0),
    *columns(AST_BOOL, "t38_udptl_nat", "t38_udptl_ipv6"),
    *columns(String(40), "tone_zone", "language"),
    *columns(AST_BOOL, "one_touch_recording"),
    *columns(String(40), "record_on_feature", "record_off_feature", default="automixmon"),
    *columns(String(40), "rtp_engine", default="asterisk"),
    *columns(AST_BOOL, "allow_transfer", "allow_subscribe", default=True),
    *columns(String(40), "sdp_owner", default="-"),
    *columns(String(40), "sdp_session", default="Asterisk"),
    *columns(String(10), "tos_audio", "tos_video", default="0"),
    *columns(Integer(), "sub_min_expiry", default=0),
    *columns(String(255), "from_domain"),
    *columns(String(40), "from_user", "mwi_from_user"),
    *columns(String(40), "dtls_verify", default="no", closed=True),
    *columns(String(40), "dtls_rekey", default="0"),
    *columns(String(200), "dtls_cert_file", "dtls_private_key", "dtls_cipher", "dtls_ca_file"),
    *columns(String(200), "dtls_ca_path"),
    *columns(PJSIP_DTLS_SETUP, "dtls_setup"),
    *columns(AST_BOOL, "srtp_tag_32"),
    *columns(String(255), "media_address"),
    *columns(PJSIP_REDIRECT_METHOD, "redirect_method", default="user"),
    *columns(Text(), "set_var"),
    *columns(Integer(), "cos_audio", "cos_video", default=0),
    *columns(String(80), "message_context"),
    *columns(AST_BOOL, "force_avp", "media_use_received_transport"),
    *columns(String(80), "accountcode"),
    *columns(AST_BOOL, "user_eq_phone", "moh_passthrough", "media_encryption_optimistic"),
    *columns(AST_BOOL, "rpid_immediate", "g726_non_standard"),
    *columns(Integer(), "rtp_keepalive", "rtp_timeout", "rtp_timeout_hold", default=0),
    *columns(AST_BOOL, "bind_rtp_to_media_address"),
    *columns(String(40), "voicemail_extension"),
    *columns(AST_BOOL, "mwi_subscribe_replaces_unsolicited"),
    *columns(String(1024), "deny", "permit"),
    *columns(String(255), "acl"),
    *columns(String(1024), "contact_deny", "contact_permit"),
    *columns(String(255), "contact_acl"),
    *columns(String(80), "subscribe_context"),
    *columns(Integer(), "fax_detect_timeout", default=0),
    *columns(String(80), "contact_user"),
    *columns(AST_BOOL, "preferred_codec_only", "asymmetric_rtp_codec", "rtcp_mux"),
    *columns(AST_BOOL, "allow_overlap", "refer_blind_progress", default=True),
    *columns(AST_BOOL, "notify_early_inuse_ringing"),
    *columns(Integer(), "max_audio_streams", "max_video_streams", default=1),
    *columns(AST_BOOL, "webrtc"),
    *columns(SHA_HASH, "dtls_fingerprint"),
    *columns(String(40), "incoming_mwi_mailbox"),
    *columns(AST_BOOL, "bundle", "dtls_auto_generate_cert"),
    *columns(AST_BOOL, "follow_early_media_fork", default=True),
    *columns(AST_BOOL, "accept_multiple_sdp_answers", "suppress_q850_reason_headers"),
    *columns(AST_BOOL, "trust_connected_line", "send_connected_line", default=True),
    *columns(AST_BOOL, "ignore_183_without_sdp"),
    *columns(
        String(128),
        "codec_prefs_incoming_offer",
        default="prefer: pending, operation: intersect, keep: all, transcode: allow",
    ),
    *columns(
        String(128),
        "codec_prefs_outgoing_offer",
        default="prefer: pending, operation: union, keep: all, transcode: allow",
    ),
    *columns(
        String(128),
        "codec_prefs_incoming_answer",
        default="prefer: pending, operation: intersect, keep: all",
    ),
    *columns(
        String(128),
        "codec_prefs_outgoing_answer",
        default="prefer: pending, operation: intersect, keep: all",
    ),
    *columns(AST_BOOL, "stir_shaken", absent_on=("sqlite",)),
    *columns(AST_BOOL, "send_history_info", "allow_unauthenticated_options"),
    *columns(AST_BOOL, "t38_bind_udptl_to_media_address"),
    *columns(String(80), "geoloc_incoming_call_profile", "geoloc_outgoing_call_profile"),
    *columns(PJSIP_INCOMING_CALL_OFFER_PREF, "incoming_call_offer_pref", default="local"),
    *columns(PJSIP_OUTGOING_CALL_OFFER_PREF, "outgoing_call_offer_pref", default="remote_merge"),
    *columns(String(80), "stir_shaken_profile"),
    *columns(SECURITY_NEGOTIATION, "security_negotiation", default="no"),
    *columns(String(512), "security_mechanisms"),
    *columns(AST_BOOL, "send_aoc"),
    *columns(String(80), "overlap_context", "tenantid"),
    *columns(AST_BOOL, "suppress_moh_on_sendonly"),
    *columns(String(95), "follow_redirect_methods", closed=True),
    *columns(Integer(), "rtp_port_start", "rtp_port_end", default=0),
)

Table(
    "ps_globals",
    tables,
    *key(String(40), "id"),
    *columns(Integer(), "max_forwards", default=70),
    *columns(String(255), "user_agent"),
    *columns(String(40), "default_outbound_endpoint", default="default_outbound_endpoint"),
    *columns(String(40), "debug", default="no"),
    *columns(String(40), "endpoint_identifier_order", default="ip,username,anonymous"),
    *columns(Integer(), "max_initial_qualify_time", default=0),
    *columns(String(80), "default_from_user", default="asterisk"),
    *columns(Integer(), "keep_alive_interval", default=90),
    *columns(String(80), "regcontext"),
    *columns(Integer(), "contact_expiration_check_interval", default=30),
    *columns(String(40), "default_voicemail_extension"),
    *columns(AST_BOOL, "disable_multi_domain"),
    *columns(Integer(), "unidentified_request_count", "unidentified_request_period", default=5),
    *columns(Integer(), "unidentified_request_prune_interval", default=30),
    *columns(String(40), "default_realm", default="asterisk"),
    *columns(Integer(), "mwi_tps_queue_high", default=500),
    *columns(Integer(), "mwi_tps_queue_low", default=-1),
    *columns(AST_BOOL, "mwi_disable_initial_unsolicited", "ignore_uri_user_options"),
    *columns(AST_BOOL, "use_callerid_contact", "send_contact_status_on_update_registration"),
    *columns(
        PJSIP_TASKPROCESSOR_OVERLOAD_TRIGGER, "taskprocessor_overload_trigger", default="global"
    ),
    *columns(AST_BOOL, "norefersub", default=True),
    *columns(AST_BOOL, "allow_sending_180_after_183", "all_codecs_on_empty_reinvite"),
    *columns(String(1024), "default_auth_algorithms_uas", default="MD5", closed=True),
    *columns(String(1024), "default_auth_algorithms_uac", default="MD5", closed=True),
)

Table(
    "ps_inbound_publications",
    tables,
    *key(String(255), "id"),
    *columns(String(255), "endpoint"),
    *columns(String(40), "event_asterisk-devicestate", "event_asterisk-mwi"),
)

Table(
    "ps_outbound_publishes",
    tables,
    *key(String(255), "id"),
    *columns(Integer(), "expiration", default=3600),
    *columns(String(255), "outbound_auth"),
    *columns(String(256), "outbound_proxy", "server_uri", "from_uri", "to_uri"),
    *columns(String(40), "event"),
    *columns(Integer(), "max_auth_attempts", default=5),
    *columns(String(255), "transport"),
    *columns(AST_BOOL, "multi_user"),
    *columns(String(40), "@body"),
    *columns(String(256), "@context", "@exten"),
)

Table(
    "ps_registrations",
    tables,
    *key(String(255), "id"),
    *columns(AST_BOOL, "auth_rejection_permanent", default=True),
    *columns(String(255), "client_uri", "contact_user"),
    *columns(Integer(), "expiration", default=3600),
    *columns(Integer(), "max_retries", default=10),
    *columns(String(255), "outbound_auth", "outbound_proxy"),
    *columns(Integer(), "retry_interval", default=60),
    *columns(Integer(), "forbidden_retry_interval", default=0),
    *columns(String(255), "server_uri", "transport"),
    *columns(AST_BOOL, "support_path"),
    *columns(Integer(), "fatal_retry_interval", default=0),
    *columns(AST_BOOL, "line"),
    *columns(String(255), "endpoint"),
    *columns(AST_BOOL, "support_outbound"),
    *columns(String(255), "contact_header_params"),
    *columns(Integer(), "max_random_initial_delay", default=10),
    *columns(SECURITY_NEGOTIATION, "security_negotiation", default="no"),
    *columns(String(512), "security_mechanisms"),
    *columns(String(255), "user_agent"),
)

Table(
    "ps_resource_list",
    tables,
    *key(String(40), "id"),
    *columns(String(2048), "list_item"),
    *columns(String(40), "event", closed=True),
    *columns(AST_BOOL, "full_state"),
    *columns(Integer(), "notification_batch_interval", default=0),
    *columns(AST_BOOL, "resource_display_name"),
)

Table(
    "ps_subscription_persistence",
    tables,
    *key(String(40), "id"),
    *columns(Text(), "packet"),
    *columns(String(128), "src_name"),
    *columns(Integer(), "src_port"),
    *columns(String(64), "transport_key"),
    *columns(String(128), "local_name"),
    *columns(Integer(), "local_port", "cseq"),
    *columns(String(128), "tag"),
    *columns(String(255), "endpoint"),
    *columns(BigInteger(), "expires"),
    *columns(String(256), "contact_uri"),
    *columns(AST_BOOL, "prune_on_boot"),
    *columns(Text(), "generator_data"),
)

Table(
    "ps_systems",
    tables,
    *key(String(40), "id"),
    *columns(Integer(), "timer_t1", default=500),
    *columns(Integer(), "timer_b", default=32000),
    *columns(AST_BOOL, "compact_headers"),
    *columns(Integer(), "threadpool_initial_size", default=4),
    *columns(Integer(), "threadpool_auto_increment", default=1),
    *columns(Integer(), "threadpool_idle_timeout", default=60),
    *columns(Integer(), "threadpool_max_size", default=50),
    *columns(AST_BOOL, "disable_tcp_switch", "follow_early_media_fork", default=True),
    *columns(AST_BOOL, "accept_multiple_sdp_answers", "disable_rport"),
    *columns(Integer(), "taskpool_minimum_size", "taskpool_initial_size", default=4),
    *columns(Integer(), "taskpool_auto_increment", default=1),
    *columns(Integer(), "taskpool_idle_timeout", default=60),
    *columns(Integer(), "taskpool_max_size", default=50),
)

Table(
    "ps_transports",
    tables,
    *key(String(40), "id"),
    *columns(Integer(), "async_operations", default=1),
    *columns(String(80), "bind"),
    *columns(String(200), "ca_list_file", "cert_file", "cipher"),
    *columns(String(255), "domain", "external_media_address", "external_signaling_address"),
    *columns(Integer(), "external_signaling_port", default=0),
    *columns(PJSIP_TRANSPORT_METHOD, "method"),
    *columns(String(1024), "local_net"),
    *columns(String(40), "password"),
    *columns(String(200), "priv_key_file"),
    *columns(PJSIP_TRANSPORT_PROTOCOL, "protocol", default="udp"),
    *columns(AST_BOOL, "require_client_cert", "verify_client", "verify_server"),
    *columns(String(10), "tos", default="0"),
    *columns(Integer(), "cos", default=0),
    *columns(AST_BOOL, "allow_reload", "symmetric_transport", "allow_wildcard_certs"),
    *columns(Boolean(), "tcp_keepalive_enable"),
    *columns(Integer(), "tcp_keepalive_idle_time", default=30),
    *columns(Integer(), "tcp_keepalive_interval_time", default=1),
    *columns(Integer(), "tcp_keepalive_probe_count", default=5),
    *columns(String(255), "ca_list_path"),
    *columns(Integer(), "websocket_write_timeout", default=100),
)

Table(
    "queue_log",
    tables,
    *serial("id", big=True),
    *columns(DateTime(), "time", fraction=6),
    *columns(String(80), "callid"),
    *columns(String(256), "queuename"),
    *columns(String(80), "agent"),
    *columns(String(32), "event"),
    *columns(String(512), "data1", "data2", "data3", "data4", "data5"),
    Index("queue_log_time_queuename", "time", "queuename"),
)

Table(
    "queue_members",
    tables,
    *key(String(80), "queue_name", "interface"),
    *columns(String(80), "membername", "state_interface"),
    *columns(Integer(), "penalty"),
    *columns(Integer(), "paused", yes_no=True),
    *numbered("uniqueid"),
    *columns(Integer(), "wrapuptime"),
    *columns(AST_BOOL, "ringinuse"),
    *columns(String(80), "reason_paused"),
    UniqueConstraint("uniqueid"),
)

Table(
    "queue_rules",
    tables,
    *required(String(80), "rule_name"),
    *required(String(32), "time", "min_penalty", "max_penalty"),
    *serial("id", big=True),
    *columns(String(32), "raise_penalty"),
)

Table(
    "queues",
    tables,
    *key(String(128), "name"),
    *columns(String(128), "musiconhold", "announce", "context"),
    *columns(Integer(), "timeout", default=15),
    *columns(YESNO, "ringinuse", default=True),
    *columns(YESNO, "setinterfacevar", "setqueuevar", "setqueueentryvar"),
    *columns(String(8), "monitor_format"),
    *columns(String(512), "membermacro", "membergosub"),
    *columns(String(128), "queue_youarenext", default="queue-youarenext"),
    *columns(String(128), "queue_thereare", default="queue-thereare"),
    *columns(String(128), "queue_callswaiting", default="queue-callswaiting"),
    *columns(String(128), "queue_quantity1", default="queue-quantity1"),
    *columns(String(128), "queue_quantity2", default="queue-quantity2"),
    *columns(String(128), "queue_holdtime", default="queue-holdtime"),
    *columns(String(128), "queue_minutes", default="queue-minutes"),
    *columns(String(128), "queue_minute", default="queue-minute"),
    *columns(String(128), "queue_seconds", default="queue-seconds"),
    *columns(String(128), "queue_thankyou", default="queue-thankyou"),
    *columns(String(128), "queue_callerannounce"),
    *columns(String(128), "queue_reporthold", default="queue-reporthold"),
    *columns(Integer(), "announce_frequency"),
    *columns(YESNO, "announce_to_first_user"),
    *columns(Integer(), "min_announce_frequency", default=15),
    *columns(Integer(), "announce_round_seconds"),
    *columns(String(128), "announce_holdtime", "announce_position", default="yes", closed=True),
    *columns(Integer(), "announce_position_limit", default=10),
    *columns(String(1024), "periodic_announce", default="queue-periodic-announce"),
    *columns(Integer(), "periodic_announce_frequency"),
    *columns(YESNO, "relative_periodic_announce", "random_periodic_announce"),
    *columns(Integer(), "retry", default=5),
    *columns(Integer(), "wrapuptime", "penaltymemberslimit"),
    *columns(YESNO, "autofill"),
    *columns(String(128), "monitor_type"),
    *columns(QUEUE_AUTOPAUSE, "autopause"),
    *columns(Integer(), "autopausedelay"),
    *columns(YESNO, "autopausebusy", "autopauseunavail"),
    *columns(Integer(), "maxlen", "servicelevel"),
    *columns(QUEUE_STRATEGY, "strategy", default="ringall"),
    *columns(String(128), "joinempty", "leavewhenempty", closed=True),
    *columns(YESNO, "reportholdtime"),
    *columns(Integer(), "memberdelay", "weight"),
    *columns(YESNO, "timeoutrestart"),
    *columns(String(128), "defaultrule"),
    *columns(String(128), "timeoutpriority", default="app", closed=True),
    *columns(AST_BOOL, "log_restricted_caller_id"),
    *columns(YESNO, "announce_position_only_up"),
    *columns(Integer(), "periodic_announce_startdelay"),
)

Table(
    "sippeers",
    tables,
    *serial("id"),
    *required(String(40), "name"),
    *columns(String(45), "ipaddr"),
    *columns(Integer(), "port", "regseconds"),
    *columns(String(40), "defaultuser"),
    *columns(String(80), "fullcontact"),
    *columns(String(20), "regserver"),
    *columns(String(255), "useragent"),
    *columns(Integer(), "lastms"),
    *columns(String(40), "host"),
    *columns(TYPE, "type"),
    *columns(String(40), "context"),
    *columns(String(95), "permit", "deny"),
    *columns(String(40), "secret", "md5secret", "remotesecret"),
    *columns(SIP_TRANSPORT, "transport"),
    *columns(SIP_DTMFMODE, "dtmfmode"),
    *columns(SIP_DIRECTMEDIA, "directmedia"),
    *columns(String(29), "nat"),
    *columns(String(40), "callgroup", "pickupgroup", "language"),
    *columns(String(200), "disallow", "allow"),
    *columns(String(40), "insecure"),
    *columns(YES_NO, "trustrpid"),
    *columns(SIP_PROGRESSINBAND, "progressinband"),
    *columns(YES_NO, "promiscredir", "useclientcode"),
    *columns(String(80), "accountcode"),
    *columns(String(200), "setvar"),
    *columns(String(40), "callerid"),
    *columns(String(40), "amaflags", closed=True),
    *columns(YES_NO, "callcounter"),
    *columns(Integer(), "busylevel"),
    *columns(YES_NO, "allowoverlap", "allowsubscribe", "videosupport"),
    *columns(Integer(), "maxcallbitrate"),
    *columns(YES_NO, "rfc2833compensate"),
    *columns(String(40), "mailbox"),
    *columns(SIP_SESSION_TIMERS, "session-timers"),
    *columns(Integer(), "session-expires", "session-minse"),
    *columns(SIP_SESSION_REFRESHER, "session-refresher"),
    *columns(String(40), "t38pt_usertpsource", "regexten", "fromdomain", "fromuser", "qualify"),
    *columns(String(45), "defaultip"),
    *columns(Integer(), "rtptimeout", "rtpholdtimeout"),
    *columns(YES_NO, "sendrpid"),
    *columns(String(40), "outboundproxy", "callbackextension"),
    *columns(Integer(), "timert1", "timerb", "qualifyfreq"),
    *columns(YES_NO, "constantssrc"),
    *columns(String(95), "contactpermit", "contactdeny"),
    *columns(YES_NO, "usereqphone", "textsupport", "faxdetect", "buggymwi"),
    *columns(String(40), "auth", "fullname", "trunkname", "cid_number"),
    *columns(SIP_CALLINGPRES, "callingpres"),
    *columns(String(40), "mohinterpret", "mohsuggest", "parkinglot"),
    *columns(YES_NO, "hasvoicemail", "subscribemwi"),
    *columns(String(40), "vmexten"),
    *columns(YES_NO, "autoframing"),
    *columns(Integer(), "rtpkeepalive", "call-limit"),
    *columns(YES_NO, "g726nonstandard", "ignoresdpversion", "allowtransfer", "dynamic"),
    *columns(String(256), "path"),
    *columns(YES_NO, "supportpath"),
    UniqueConstraint("name"),
    Index("sippeers_host_port", "host", "port"),
    Index("sippeers_ipaddr_port", "ipaddr", "port"),
    Index("sippeers_name_host", "name", "host"),
)

Table(
    "stir_tn",
    tables,
    *key(String(80), "id"),
    *columns(String(1024), "private_key_file", "public_cert_url"),
    *columns(String(1), "attest_level", closed=True),
    *columns(AST_BOOL, "send_mky", "check_tn_cert_public_url"),
)

Table(
    "voicemail",
    tables,
    *serial("uniqueid"),
    *required(String(80), "context", "mailbox", "password"),
    *columns(String(80), "fullname", "alias"),
    *columns(String(254), "email"),
    *columns(String(80), "pager"),
    *columns(YES_NO, "attach"),
    *columns(String(10), "attachfmt"),
    *columns(String(80), "serveremail"),
    *columns(String(20), "language"),
    *columns(String(30), "tz"),
    *columns(YES_NO, "deletevoicemail", "saycid", "sendvoicemail", "review", "tempgreetwarn"),
    *columns(YES_NO, "operator", "envelope"),
    *columns(Integer(), "sayduration", yes_no=True),
    *columns(YES_NO, "forcename", "forcegreetings"),
    *columns(String(80), "callback", "dialout", "exitcontext"),
    *columns(Integer(), "maxmsg"),
    *columns(Numeric(5, 2), "volgain"),
    *columns(String(80), "imapuser", "imappassword", "imapserver"),
    *columns(String(8), "imapport"),
    *columns(String(80), "imapflags"),
    *columns(DateTime(), "stamp"),
    *columns(YES_NO, "attachextrecs"),
    *columns(Integer(), "backupdeleted"),
    *columns(Text(), "emailbody"),
    *columns(String(255), "emailsubject"),
    *columns(String(100), "fromstring"),
    *columns(YES_NO, "hidefromdir"),
    *columns(String(64), "imapfolder"),
    *columns(String(80), "imapvmshareid"),
    *columns(YES_NO, "leaveurgent"),
    *columns(String(20), "locale"),
    *columns(Integer(), "maxsecs"),
    *columns(YES_NO, "messagewrap"),
    *columns(Integer(), "minsecs"),
    *columns(YES_NO, "moveheard", "nextaftercmd"),
    *columns(String(1024), "options"),
    *columns(String(20), "passwordlocation", closed=True),
    *columns(Integer(), "saydurationm"),
    UniqueConstraint("mailbox", "context"),
    Index("voicemail_context", "context"),
    Index("voicemail_imapuser", "imapuser"),
)

Table(
    "voicemail_data",
    tables,
    *key(String(255), "filename"),
    *columns(String(80), "origmailbox", "context", "macrocontext", "exten"),
    *columns(Integer(), "priority"),
    *columns(String(255), "callerchan", "callerid"),
    *columns(String(80), "origdate"),
    *columns(BigInteger(), "origtime"),
    *columns(String(255), "category"),
    *columns(Integer(), "duration"),
)

Table(
    "voicemail_messages",
    tables,
    *key(String(255), "dir"),
    *key(Integer(), "msgnum"),
    *columns(String(80), "context", "callerid"),
    *columns(Integer(), "origtime", "duration"),
    *columns(LargeBinary(2**32 - 1), "recording"),
    *columns(String(30), "flag", "category", "mailboxuser", "mailboxcontext"),
    *columns(String(40), "msg_id"),
)

Table(
    "musiconhold_entry",
    tables,
    *key(String(80), "name"),
    *key(Integer(), "position"),
    *required(String(1024), "entry"),
    ForeignKeyConstraint(
        ["name"], ["musiconhold.name"], name="fk_musiconhold_entry_name_musiconhold"
    ),
)


def upgrade() -> None:
    """Create these tables, or bring existing ones up to date."""
    reconcile(tables, revision, UPSTREAM)


def downgrade() -> None:
    """Drop these tables, if none of them existed before."""
    remove_all(tables)
