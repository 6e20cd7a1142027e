"""Tables of MariaDB that reach or exceed a limit of the server when they are upgraded."""

from __future__ import annotations

from typing import Final

ENDPOINTS: Final = "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL PRIMARY KEY"

INDEXED: Final = {
    "two texts": ("KEY own (aors, callerid)", "`aors`(513),`callerid`"),
    "one text": ("KEY own (aors)", "`aors`(768)"),
    "the beginning of one": ("KEY own (callerid, aors(90))", "`callerid`,`aors`(90)"),
    "backwards": ("KEY own (aors DESC, id)", "`aors`(513) DESC,`id`"),
    "a word beside": ("KEY own (webrtc, aors) COMMENT 'x'", "`webrtc`,`aors`(767)"),
    "a number beside": ("KEY own (rtp_timeout, aors)", "`rtp_timeout`,`aors`(767)"),
    "one of no kind": ("KEY own (note(500), aors)", "`note`(384),`aors`(384)"),
    "in another case": ("KEY OWN (AORS, Callerid)", "`aors`(513),`callerid`"),
    "unique": ("UNIQUE KEY own (aors, callerid)", "`aors`,`callerid`"),
}
"""An index of the user's own, and its columns after the upgrade."""

GROWING_TAKEN: Final = {
    **{
        f"an index of {name}": (
            (
                f"{ENDPOINTS}, aors VARCHAR(100), callerid VARCHAR(40), webrtc VARCHAR(3),"
                f" rtp_timeout VARCHAR(9), note TEXT, {index})"
            ),
            "INSERT INTO ps_endpoints VALUES ('1', 'a', 'b', 'YES', '30', 'c')",
            "INSERT INTO ps_endpoints VALUES ('2', 'A', 'c', '', NULL, NULL)",
        )
        for name, (index, _columns) in INDEXED.items()
    },
    "columns in another case": (
        (
            "CREATE TABLE voicemail (UNIQUEID INT AUTO_INCREMENT PRIMARY KEY, Mailbox VARCHAR(11),"
            " Context VARCHAR(50), `Password` INT, FullName VARCHAR(150), SayDuration VARCHAR(3),"
            " KEY Own (Context, Mailbox), UNIQUE KEY (FullName), CHECK (Context <> 'x'))"
        ),
        "INSERT INTO voicemail (Mailbox, Context, Password, SayDuration) VALUES ('1', 'd', 9, '1')",
    ),
    "an older name in another case": (
        "CREATE TABLE cdr (CallDate DATETIME NOT NULL, SRC VARCHAR(80), KEY (callDATE))",
        "INSERT INTO cdr VALUES ('2020-01-01', '1')",
    ),
    "a key in another case": (
        (
            "CREATE TABLE queue_members (Queue_Name VARCHAR(80), Interface VARCHAR(80),"
            " UniqueID INT NOT NULL AUTO_INCREMENT, Paused VARCHAR(3),"
            " PRIMARY KEY (queue_name, INTERFACE), UNIQUE (uniqueid))"
        ),
        "INSERT INTO queue_members VALUES ('q', 'i', 4, 'yes')",
    ),
    "a reference in another case": (
        "CREATE TABLE musiconhold (Name VARCHAR(80) PRIMARY KEY, Mode VARCHAR(20))",
        (
            "CREATE TABLE musiconhold_entry (NAME VARCHAR(80), Position INT, entry VARCHAR(100),"
            " PRIMARY KEY (name, position), FOREIGN KEY (name) REFERENCES musiconhold (NAME))"
        ),
    ),
    "checks, indexes and generated columns in another case": (
        (
            "CREATE TABLE ps_endpoints (Id VARCHAR(40) PRIMARY KEY, Aors VARCHAR(40),"
            " WebRTC VARCHAR(5) CHECK (webrtc IN ('yes', 'no')), Permit VARCHAR(20),"
            " Deny VARCHAR(20), own INT AS (char_length(aors)) STORED, KEY Own (webrtc, aors))"
        ),
        "INSERT INTO ps_endpoints (id, aors, webrtc) VALUES ('1', 'a', 'yes')",
    ),
    "labels in another case": (
        (
            f"{ENDPOINTS}, webrtc ENUM('YES', 'NO'), direct_media ENUM('1', 'Off', 'oN'),"
            " dtmf_mode ENUM('RFC4733', 'own') NOT NULL DEFAULT 'own')"
        ),
        "INSERT INTO ps_endpoints VALUES ('1', 'YES', 'oN', 'RFC4733')",
    ),
    "pages that hold compressed rows": (
        (
            "CREATE TABLE musiconhold (name VARCHAR(80) NOT NULL PRIMARY KEY, mode VARCHAR(20))"
            " ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=2"
        ),
        "CREATE TABLE cdr (src VARCHAR(80)) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4",
    ),
}
"""Tables that an upgrade converts."""

GROWING_NAMED: Final = {
    **{
        f"compressed rows of {table}, {size} KiB": (
            (
                f"CREATE TABLE {table} (id VARCHAR(40) NOT NULL PRIMARY KEY)"
                f" ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE={size}"
            ),
        )
        for table, size in (
            *(("ps_endpoints", 4), ("ps_endpoints", 1), ("ps_aors", 4), ("ps_aors", 2)),
            *(("ps_contacts", 2), ("ps_globals", 1), ("ps_endpoint_id_ips", 4)),
        )
    },
    "too many indexes": (
        (
            "CREATE TABLE cdr (src VARCHAR(80), dst VARCHAR(80), UNIQUE KEY one (dst), "
            + ", ".join(f"KEY i{n} (src({n}))" for n in range(1, 63))
            + ")"
        ),
    ),
    "a primary key of more than the id": (
        (
            "CREATE TABLE ps_endpoints (id VARCHAR(40), aors VARCHAR(100), webrtc INT,"
            " PRIMARY KEY (aors, id))"
        ),
        "INSERT INTO ps_endpoints VALUES ('1', 'a', 1)",
    ),
}
"""Tables that stop an upgrade, until the statements that it gives are run."""

FRACTIONS: Final = {
    "FLOAT": (("2", 2), ("1234567", 1_234_567), ("-3", -3), ("NULL", None), ("0", 0)),
    "FLOAT(9,2) UNSIGNED": (("7", 7), ("100", 100)),
    "DOUBLE": (("2147483647", 2_147_483_647), ("-2147483648", -2_147_483_648)),
    "REAL": (("4e3", 4000),),
    "DECIMAL(5,1)": (("2.0", 2), ("-9999.0", -9999)),
    "DECIMAL(20,0)": (("12345678", 12_345_678),),
    "DECIMAL(5,1) NOT NULL DEFAULT 3.0": (("DEFAULT", 3),),
}
"""Numeric types, with numbers as SQL, and the integers that they become."""

NO_INTEGERS: Final = (
    *(("FLOAT", "1.5"), ("FLOAT", "3e10"), ("DOUBLE", "2147483648"), ("DOUBLE", "0.000001")),
    *(("DECIMAL(5,1)", "2.1"), ("DECIMAL(20,0)", "99999999999"), ("REAL", "-2147483649")),
)

LABELS: Final[dict[str, dict[str, str | None]]] = {
    "ENUM('Yes', 'No')": {"Yes": "yes", "No": "no"},
    "ENUM('YES', 'ON') COLLATE utf8mb4_unicode_ci": {"YES": "yes", "ON": "on"},
    "ENUM('Yes', 'yes', 'No') COLLATE utf8mb4_bin": {"Yes": "yes", "yes": "yes", "No": "no"},
    "ENUM('Yes', 'ON') CHARACTER SET latin1 COLLATE latin1_general_cs": {"Yes": "yes", "ON": "on"},
    "ENUM('YÉS', 'n')": {"YÉS": "yes", "n": "no"},
    "ENUM('Yes', 'nö') COLLATE utf8mb4_danish_ci": {"Yes": "yes", "nö": "nö"},
    "ENUM('Yes', 'yes', 'nö') COLLATE utf8mb4_uca1400_as_cs": {"Yes": "yes", "nö": "nö"},
    "ENUM('Yes', 'yes', 'YÉS') CHARACTER SET binary": {"Yes": "yes", "yes": "yes", "YÉS": "YÉS"},
    "ENUM('ŷES', 'No', '5%:x') COLLATE utf8mb4_unicode_ci": {"ŷES": "yes", "5%:x": "5%:x"},
    "ENUM('Yes') CHARACTER SET ucs2": {"Yes": "yes"},
    "VARCHAR(9)": {"Yes": "yes", "YES": "yes", "no ": "no", "": None},
    "VARCHAR(9) COLLATE utf8mb4_bin": {"Yes": "yes", "YES": "yes", "T": "yes", "Off": "off"},
    "CHAR(9) CHARACTER SET latin1 COLLATE latin1_general_cs": {"Yes": "yes", "oFF": "off"},
}
"""Types of text, with words, and the labels that they become."""
