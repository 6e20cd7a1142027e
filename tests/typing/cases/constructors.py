"""What a model is made of: each line marked with "error" must be refused, all others taken."""

from asterisk_realtime import MediaEncryption
from asterisk_realtime.models import (
    Auth,
    AuthType,
    DtmfMode,
    Endpoint,
    Extension,
    Identify,
    QueueMember,
)

# What is meant can be written.
Endpoint(id="twilio", allow=("ulaw", "alaw"), direct_media=False, dtmf_mode=DtmfMode.RFC4733)
Endpoint(id="twilio", media_encryption=MediaEncryption.SDES, rtp_timeout=60, transport=None)
Auth(id="twilio", auth_type=AuthType.USERPASS, username="user", password="made up")
Extension(context="internal", exten="_X.", priority=1, app="NoOp", appdata="")

# A misspelt column is not a column.
Endpoint(id="twilio", alow=("ulaw",))  # error
Auth(id="twilio", user_name="user")  # error
Identify(id="twilio", endpoints="twilio")  # error

# A row cannot be without its key, nor without what the database insists on.
Endpoint(allow=("ulaw",))  # error
Identify(endpoint="twilio")  # error
Extension(context="internal", exten="_X.", app="NoOp", appdata="")  # error

# Rows that other columns lead to are not part of a row.
Endpoint(id="twilio", aor_rows=[])  # error
QueueMember(queue_name="sales", interface="PJSIP/alice", queue=None)  # error

# A column's words are its own.
Endpoint(id="twilio", dtmf_mode=MediaEncryption.SDES)  # error
Endpoint(id="twilio", dtmf_mode="rfc4733")  # error
Auth(id="twilio", auth_type="userpass")  # error

# Yes and no are bools, numbers are ints, lists are tuples.
Endpoint(id="twilio", direct_media="no")  # error
Endpoint(id="twilio", rtp_timeout="60")  # error
Endpoint(id="twilio", allow="ulaw,alaw")  # error
QueueMember(queue_name="sales", interface="PJSIP/alice", paused="yes")  # error

# Columns are named: their order is upstream's, and no part of the interface.
Endpoint("twilio")  # error
