"""Tables as people make them on MariaDB, with what Asterisk's own scripts never use."""

from __future__ import annotations

from typing import Final

from tests.migrations.mariadb_growth import GROWING_NAMED, GROWING_TAKEN

ENDPOINT: Final = "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL PRIMARY KEY"
BY_TIME: Final = (
    "PARTITION BY RANGE (TO_DAYS({})) (PARTITION p0 VALUES LESS THAN (TO_DAYS('2026-01-01')),"
    " PARTITION pm VALUES LESS THAN MAXVALUE)"
)

RICH: Final = (
    "CREATE TABLE changes (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(40))",
    (
        "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL PRIMARY KEY COMMENT 'who, 100%',"
        " callerid VARCHAR(20) INVISIBLE DEFAULT (concat('a', 'b')) COMMENT 'it''s 5%'"
        " CHECK (callerid <> 'x'),"
        " webrtc VARCHAR(20) DEFAULT '1' COMMENT 'w' CHECK (webrtc IN ('1', '0', '')),"
        " direct_media INT INVISIBLE DEFAULT 1 CHECK (direct_media IN (0, 1)),"
        " mailboxes VARCHAR(40) COMPRESSED CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'ü',"
        " dtmf_mode ENUM('rfc4733', 'info') CHARACTER SET latin1 DEFAULT 'info' COMMENT 'd',"
        " use_avpf ENUM('yes', 'no', 'true') DEFAULT 'true',"
        " permit VARCHAR(95) DEFAULT 'p' COMMENT 'first', deny VARCHAR(95) COMMENT 'then',"
        " rtp_timeout VARCHAR(10), own INT, notes TEXT,"
        " length INT AS (char_length(callerid)) STORED,"
        " changed TIMESTAMP NOT NULL DEFAULT current_timestamp ON UPDATE current_timestamp,"
        " CONSTRAINT one CHECK (direct_media = 0 OR direct_media = 1),"
        " KEY both_of (webrtc(10), own) COMMENT 'x', UNIQUE KEY pair (own, rtp_timeout),"
        " FULLTEXT KEY words (notes)) COMMENT 'mine'"
    ),
    (
        "INSERT INTO ps_endpoints (id, callerid, webrtc, direct_media, use_avpf, own, rtp_timeout,"
        " changed) VALUES ('a', 'A', '1', 0, 'true', 3, '', '2020-01-01'),"
        " ('b', 'B', '', NULL, 'no', 4, '10', '2020-01-02')"
    ),
    (
        "CREATE TRIGGER refusing BEFORE UPDATE ON ps_endpoints FOR EACH ROW"
        " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no changes'"
    ),
    (
        "CREATE TRIGGER noting AFTER INSERT ON ps_endpoints FOR EACH ROW"
        " INSERT INTO changes (what) VALUES (NEW.id)"
    ),
    "CREATE VIEW names AS SELECT id, webrtc FROM ps_endpoints",
    "CREATE TABLE cdr (calldate DATETIME NOT NULL, src VARCHAR(80) COMMENT 'who', dst VARCHAR(20)) "
    + BY_TIME.format("calldate"),
    "INSERT INTO cdr VALUES ('2025-01-01', '1', '2'), ('2026-02-02', '3', '4')",
    (
        "CREATE TABLE queue_log (time TIMESTAMP NOT NULL DEFAULT current_timestamp,"
        " event VARCHAR(10) DEFAULT 'none' COMMENT 'e')"
        " ENGINE=MyISAM"
    ),
    "INSERT INTO queue_log VALUES ('2020-01-01', 'x')",
    (
        "CREATE TABLE ps_aors (id VARCHAR(40) NOT NULL PRIMARY KEY,"
        " max_contacts VARCHAR(9) DEFAULT '1')"
        " WITH SYSTEM VERSIONING"
    ),
    "INSERT INTO ps_aors VALUES ('a', '3')",
    "UPDATE ps_aors SET max_contacts = '4'",
)
"""Everything that an upgrade keeps, in one database."""

TAKEN: Final = {
    "rich": RICH,
    "time stamps": (
        "SET SESSION explicit_defaults_for_timestamp = 0",
        "CREATE TABLE cdr (start TIMESTAMP NOT NULL, src VARCHAR(80))",
        "CREATE TABLE queue_log (time TIMESTAMP NOT NULL, event VARCHAR(10))",
        "INSERT INTO cdr VALUES ('2020-01-01 10:00:00', '1')",
        "SET SESSION explicit_defaults_for_timestamp = 1",
    ),
    **{
        f"storage {options}": (
            (
                "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL, callerid VARCHAR(40),"
                f" webrtc VARCHAR(3), aors VARCHAR(100)) {options}"
            ),
            "INSERT INTO ps_endpoints VALUES ('a', 'b', 'yes', ''), ('c', 'd', '0', '')",
            (
                "CREATE TABLE musiconhold (name VARCHAR(80) NOT NULL PRIMARY KEY, mode VARCHAR(20))"
                f" {options}"
            ),
        )
        for options in (
            *("ROW_FORMAT=COMPACT", "ROW_FORMAT=REDUNDANT", "ENGINE=MyISAM"),
            *("ENGINE=MyISAM KEY_BLOCK_SIZE=4", "ENGINE=Aria TRANSACTIONAL=1"),
            *("ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8", "ENGINE=MyISAM CHARSET=latin1"),
        )
    },
    "partitions with a key": (
        (
            "CREATE TABLE cdr (id INT AUTO_INCREMENT, start DATETIME NOT NULL, src VARCHAR(80),"
            " PRIMARY KEY (id, start)) PARTITION BY RANGE COLUMNS (start)"
            " (PARTITION p0 VALUES LESS THAN ('2026-01-01'),"
            " PARTITION pm VALUES LESS THAN (MAXVALUE))"
        ),
    ),
    "partitions of MyISAM": (
        "CREATE TABLE queue_log (time DATETIME NOT NULL, event VARCHAR(10)) ENGINE=MyISAM "
        + BY_TIME.format("time"),
        (
            "CREATE TABLE cel (eventtime TIMESTAMP NOT NULL, uniqueid VARCHAR(10)) PARTITION BY"
            " RANGE (UNIX_TIMESTAMP(eventtime)) (PARTITION pm VALUES LESS THAN MAXVALUE)"
        ),
    ),
    "partitions of a history": (
        (
            "CREATE TABLE cdr (start DATETIME, src VARCHAR(40)) WITH SYSTEM VERSIONING"
            " PARTITION BY SYSTEM_TIME (PARTITION p0 HISTORY, PARTITION pc CURRENT)"
        ),
    ),
    "fractions": (
        "CREATE TABLE cel (eventtime VARCHAR(40))",
        "INSERT INTO cel VALUES ('2026-01-01 10:00:00.123456'), ('2026-01-01 10:00:00')",
        (
            "CREATE TABLE queue_log (time TIMESTAMP(3) NULL DEFAULT current_timestamp(3)"
            " ON UPDATE current_timestamp(3))"
        ),
    ),
    "numbers": (
        (
            "CREATE TABLE ps_aors (id CHAR(40) NOT NULL PRIMARY KEY,"
            " max_contacts SMALLINT(5) UNSIGNED ZEROFILL DEFAULT 3 COMMENT 'z',"
            " qualify_frequency INT UNSIGNED, default_expiration CHAR(5))"
        ),
        "INSERT INTO ps_aors VALUES ('a', 3, 4000000000, '200')",
    ),
    "a key of text": (
        (
            "CREATE TABLE extensions (context VARCHAR(40) NOT NULL, exten VARCHAR(40) NOT NULL,"
            " priority VARCHAR(5) NOT NULL COMMENT 'p', app VARCHAR(40), appdata VARCHAR(100),"
            " PRIMARY KEY (context, exten, priority), KEY own (priority(2)))"
        ),
        "INSERT INTO extensions VALUES ('a', 'b', '1', 'x', 'y'), ('a', 'b', '2', 'x', 'y')",
    ),
    "words and sets": (
        ENDPOINT + ", direct_media SET('yes', 'no'), webrtc CHAR(5), rtp_symmetric TINYTEXT)",
        "INSERT INTO ps_endpoints VALUES ('a', 'yes', 'Yes', 'T'), ('b', 'no', '', 'off')",
    ),
    "awkward defaults": (
        ENDPOINT + r""", callerid VARCHAR(40) DEFAULT 'it''s \\ "100%" :x'"""
        r""" COMMENT 'it''s \\ "100%" :x %s')""",
    ),
    "a column that a generated one uses": (
        ENDPOINT + ", callerid VARCHAR(40), own INT AS (char_length(callerid)) STORED,"
        " other INT AS (char_length(callerid)) VIRTUAL, KEY (own), KEY (other))",
        "INSERT INTO ps_endpoints (id, callerid) VALUES ('a', 'xxx')",
    ),
    "a generated column that grows": (
        ENDPOINT + ", own INT, callerid VARCHAR(40) AS (concat('a', own)) VIRTUAL COMMENT 'g',"
        " context VARCHAR(40) AS (concat('b', own)) STORED)",
        "INSERT INTO ps_endpoints (id, own) VALUES ('a', 1)",
    ),
    **GROWING_TAKEN,
}
"""What is taken over as it is."""

NAMED: Final = {
    "another number, cdr": (
        (
            "CREATE TABLE cdr (cdr_id INT AUTO_INCREMENT PRIMARY KEY COMMENT 'no',"
            " calldate DATETIME, src VARCHAR(80))"
        ),
        "INSERT INTO cdr (src) VALUES ('1')",
    ),
    "another number, queue_members": (
        (
            "CREATE TABLE queue_members (id INT AUTO_INCREMENT PRIMARY KEY, queue_name VARCHAR(80),"
            " interface VARCHAR(80), uniqueid VARCHAR(80) COMMENT 'u')"
        ),
        "INSERT INTO queue_members (queue_name, interface, uniqueid) VALUES ('q', 'i', '7')",
    ),
    "a view": (
        "CREATE TABLE customers (id VARCHAR(40), context VARCHAR(40))",
        "INSERT INTO customers VALUES ('a', 'b')",
        "CREATE VIEW ps_endpoints AS SELECT id, context FROM customers",
        "CREATE SEQUENCE ps_aors",
    ),
    "partitions by something else": (
        (
            "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL, context VARCHAR(20) NOT NULL)"
            " PARTITION BY KEY (context) PARTITIONS 3"
        ),
        "INSERT INTO ps_endpoints VALUES ('a', 'b')",
    ),
    "partitions that are referred to": (
        (
            "CREATE TABLE musiconhold (name VARCHAR(80) NOT NULL PRIMARY KEY, mode VARCHAR(20))"
            " PARTITION BY KEY (name) PARTITIONS 3"
        ),
    ),
    "a history of other words": (
        ENDPOINT + ", webrtc VARCHAR(9)) WITH SYSTEM VERSIONING",
        "INSERT INTO ps_endpoints VALUES ('a', 'rubbish')",
        "UPDATE ps_endpoints SET webrtc = 'no'",
    ),
    "checks that are not lists": (
        ENDPOINT + ", webrtc INT COMMENT 'w' CHECK (webrtc BETWEEN 0 AND 1), direct_media INT,"
        " CONSTRAINT both_of CHECK (direct_media > -1 OR id <> 'a'))",
        "INSERT INTO ps_endpoints VALUES ('a', 1, 1)",
    ),
    "generated columns": (
        ENDPOINT + ", own INT, webrtc VARCHAR(3) AS (if(own, 'yes', 'no')) STORED,"
        " direct_media VARCHAR(3) AS (if(own, 'yes', 'no')) VIRTUAL COMMENT 'd')",
        "INSERT INTO ps_endpoints (id, own) VALUES ('a', 1)",
    ),
    "what is made of a column": (
        ENDPOINT + ", webrtc INT, own INT AS (webrtc + 1) VIRTUAL, more INT AS (webrtc + 1) STORED,"
        " words VARCHAR(40) DEFAULT (concat(webrtc, 'x')), top INT CHECK (top > webrtc))",
        "INSERT INTO ps_endpoints (id, webrtc) VALUES ('a', 1)",
    ),
    "foreign keys": (
        "CREATE TABLE ps_aors (id VARCHAR(40) NOT NULL PRIMARY KEY)",
        ENDPOINT + ", aors VARCHAR(40), CONSTRAINT to_aors FOREIGN KEY (aors)"
        " REFERENCES ps_aors (id) ON DELETE CASCADE)",
        (
            "CREATE TABLE own (e VARCHAR(40), CONSTRAINT to_us FOREIGN KEY (e)"
            " REFERENCES ps_endpoints (id) ON UPDATE CASCADE)"
        ),
        "INSERT INTO ps_endpoints (id) VALUES ('a')",
        "INSERT INTO own VALUES ('a')",
    ),
    "an index of words": (
        ENDPOINT + ", webrtc TEXT, callerid TEXT, FULLTEXT both_of (webrtc, callerid))",
    ),
    "a bit": (
        ENDPOINT + ", webrtc BIT(1) DEFAULT b'1' COMMENT 'bit')",
        "INSERT INTO ps_endpoints VALUES ('a', b'1'), ('b', b'0')",
    ),
    "a type that loses": (
        ENDPOINT + ", rtp_timeout DATE COMMENT 'until', webrtc BLOB)",
        "INSERT INTO ps_endpoints (id, rtp_timeout) VALUES ('a', '2026-01-01')",
    ),
    "two collations": (
        "CREATE TABLE musiconhold (name VARCHAR(80) PRIMARY KEY) CHARACTER SET utf8mb3",
        (
            "CREATE TABLE musiconhold_entry (name VARCHAR(80), position INTEGER,"
            " entry VARCHAR(1024), PRIMARY KEY (name, position)) CHARACTER SET utf8mb4"
        ),
    ),
    "a default of an expression": (ENDPOINT + ", webrtc VARCHAR(9) DEFAULT (lower('YES')))",),
    **GROWING_NAMED,
}
"""What stops an upgrade, and is got over by the statements that it names."""
