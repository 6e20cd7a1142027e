"""Queries for the objects that depend on columns, and for the statements that recreate them."""

from __future__ import annotations

from typing import Final

_COLUMNS: Final = """
    family AS (
        SELECT c.oid FROM pg_class c WHERE c.oid = to_regclass(:relation)
            AND c.relkind IN ('r', 'p')
        UNION SELECT i.inhrelid FROM family JOIN pg_inherits i ON i.inhparent = family.oid
    ), relation AS (
        SELECT c.oid, c.oid::regclass::text AS place, c.reltype, c.relowner
        FROM family JOIN pg_class c USING (oid)
    ), needed AS (
        SELECT d.classid, d.objid, d.objsubid, a.attname FROM relation
        JOIN pg_attribute a ON a.attrelid = relation.oid AND a.attname = ANY (:changed)
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = relation.oid
            AND d.refobjsubid = a.attnum
    )
"""
"""The table, its partitions, the tables that inherit from it, and what depends on their columns."""

_GRANTEE: Final = """
    CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(e.grantee)) END
"""

_GRANTS: Final = f"""
    CASE WHEN {{acl}} IS NOT NULL OR EXISTS (SELECT FROM preset) THEN
        ARRAY(SELECT format('REVOKE ALL ON %s FROM %s', {{place}}, who) FROM (
            SELECT 'PUBLIC' UNION SELECT {_GRANTEE} FROM preset e
            UNION SELECT quote_ident(pg_get_userbyid({{owner}}))) given (who) ORDER BY who)
        || ARRAY(SELECT format('GRANT %s ON %s TO %s%s', string_agg(e.privilege_type, ', '),
            {{place}}, {_GRANTEE}, CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
            FROM aclexplode(COALESCE({{acl}}, acldefault('{{kind}}', {{owner}}))) WITH ORDINALITY e
            GROUP BY e.grantee, e.is_grantable ORDER BY min(e.ordinality))
    ELSE '{{{{}}}}' END
"""
"""Revoke the default rights of a recreated object, and grant it the rights that it had before."""

_DEFAULT_GRANTEES: Final = """
    preset AS (
        SELECT e.grantee FROM pg_default_acl a, aclexplode(a.defaclacl) e
        WHERE a.defaclrole = current_user::regrole AND a.defaclobjtype = '{kind}'
    )
"""
"""Roles that get rights on each new object of this account (ALTER DEFAULT PRIVILEGES)."""

_COLUMN_RIGHTS: Final = f"""
    ARRAY(SELECT format('GRANT %s (%I) ON %s TO %s%s', e.privilege_type, a.attname, {{place}},
        {_GRANTEE}, CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM aclexplode(a.attacl) e)
    || ARRAY(SELECT format('COMMENT ON COLUMN %s.%I IS %L', {{place}}, a.attname, c.description)
        FROM pg_description c WHERE c.classoid = 'pg_class'::regclass
        AND c.objoid = a.attrelid AND c.objsubid = a.attnum)
"""
"""The rights and the comment of a column."""

_COLUMN_SETTINGS: Final = """
    array_remove(ARRAY[
        CASE WHEN a.attstattarget > -1 THEN format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS'
            ' %s', {place}, a.attname, a.attstattarget) END,
        CASE WHEN a.attoptions IS NOT NULL THEN format('ALTER TABLE %s ALTER COLUMN %I SET (%s)',
            {place}, a.attname, array_to_string(a.attoptions, ', ')) END,
        CASE WHEN a.attstorage IN ('e', 'm', 'p') THEN format('ALTER TABLE %s ALTER COLUMN %I SET'
            ' STORAGE %s', {place}, a.attname, CASE a.attstorage WHEN 'e' THEN 'EXTERNAL'
            WHEN 'm' THEN 'MAIN' ELSE 'PLAIN' END) END,
        CASE WHEN to_jsonb(a)->>'attcompression' IN ('l', 'p') THEN format('ALTER TABLE %s ALTER'
            ' COLUMN %I SET COMPRESSION %s', {place}, a.attname,
            CASE to_jsonb(a)->>'attcompression' WHEN 'l' THEN 'lz4' ELSE 'pglz' END) END
    ], NULL)
"""
"""The settings of a table's column: statistics target, options, storage and compression."""


def _comment(words: str, name: str, catalogue: str, oid: str) -> str:
    """Return SQL for a list of the statement that restores a comment, if the object has one."""
    return f"""
    ARRAY(SELECT format('COMMENT ON {words} IS %L', {name}, c.description) FROM pg_description c
        WHERE c.classoid = '{catalogue}'::regclass AND c.objoid = {oid} AND c.objsubid = 0)
    """


VIEWS: Final = f"""
    WITH RECURSIVE {_COLUMNS}, {_DEFAULT_GRANTEES.format(kind="r")}, tree AS (
        SELECT r.ev_class AS oid, 1 AS depth FROM needed n
        JOIN pg_rewrite r ON r.oid = n.objid AND n.classid = 'pg_rewrite'::regclass
        JOIN pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm')
        UNION
        SELECT c.oid, 1 FROM relation JOIN pg_attribute a ON a.atttypid = relation.reltype
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'm'
        UNION
        SELECT r.ev_class, tree.depth + 1 FROM tree
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = tree.oid
            AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> tree.oid
        WHERE tree.depth < 30
    ), views AS (
        SELECT c.oid, max(tree.depth) AS depth, c.oid::regclass::text AS place, c.relowner,
            c.relacl, c.reloptions, c.relkind, c.relispopulated,
            CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW ' ELSE 'VIEW ' END AS word
        FROM tree JOIN pg_class c USING (oid) GROUP BY c.oid
    )
    SELECT lower(word) || place AS what, 'DROP ' || word || place AS drop_sql,
        ARRAY['CREATE ' || word || place
            || COALESCE(' WITH (' || array_to_string(reloptions, ', ') || ')', '')
            || ' AS ' || rtrim(pg_get_viewdef(oid), '; ')
            || CASE WHEN relkind = 'm' AND NOT relispopulated THEN ' WITH NO DATA' ELSE '' END,
            'ALTER ' || word || place || ' OWNER TO ' || quote_ident(pg_get_userbyid(relowner))]
        || {_GRANTS.format(place="place", acl="relacl", owner="relowner", kind="r")}
        || {_comment("%s%s", "word, place", "pg_class", "views.oid")}
        || ARRAY(SELECT unnest({_COLUMN_RIGHTS.format(place="place")}) FROM pg_attribute a
            WHERE a.attrelid = views.oid)
        || ARRAY(SELECT format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', place, a.attname,
            pg_get_expr(d.adbin, d.adrelid)) FROM pg_attrdef d JOIN pg_attribute a
            ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = views.oid)
        || ARRAY(SELECT unnest(ARRAY[pg_get_indexdef(i.indexrelid, 0, true)]
            || {_comment("INDEX %s", "i.indexrelid::regclass", "pg_class", "i.indexrelid")})
            FROM pg_index i WHERE i.indrelid = views.oid)
        || ARRAY(SELECT unnest(ARRAY[pg_get_triggerdef(t.oid, true)]
            || {_comment("TRIGGER %I ON %s", "t.tgname, place", "pg_trigger", "t.oid")})
            FROM pg_trigger t WHERE t.tgrelid = views.oid AND NOT t.tgisinternal)
        || ARRAY(SELECT unnest(ARRAY[pg_get_ruledef(r.oid, true)]
            || {_comment("RULE %I ON %s", "r.rulename, place", "pg_rewrite", "r.oid")})
            FROM pg_rewrite r WHERE r.ev_class = views.oid AND r.rulename <> '_RETURN')
        AS create_sql,
        word || place AS thing, pg_get_userbyid(relowner) AS owner
    FROM views ORDER BY depth DESC, place
"""

_INDEX_USES: Final = """
    array_remove(ARRAY[
        CASE WHEN i.indisclustered THEN format('ALTER TABLE %s CLUSTER ON %I', {place}, {name}) END,
        CASE WHEN i.indisreplident THEN
            format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', {place}, {name}) END
    ], NULL)
"""
"""Whether a table uses an index for CLUSTER or as its REPLICA IDENTITY."""

_ON_CONSTRAINT: Final = _comment(
    "CONSTRAINT %I ON %s", "k.conname, k.conrelid::regclass", "pg_constraint", "k.oid"
)

_GENERATED: Final = """
    relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attgenerated = 's'
        AND a.attinhcount = 0
    JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE EXISTS (SELECT FROM needed n WHERE
        (n.classid = 'pg_attrdef'::regclass AND n.objid = d.oid AND n.attname <> a.attname)
        OR (n.classid = 'pg_class'::regclass AND n.objid = r.oid AND n.objsubid = a.attnum))
"""

GENERATED: Final = f"""
    WITH RECURSIVE {_COLUMNS} SELECT DISTINCT a.attname FROM {_GENERATED} ORDER BY a.attname
"""
"""Generated columns that are computed from the changed columns. They are dropped and recreated too,
and so are the objects that depend on them."""

OTHERS: Final = f"""
    WITH RECURSIVE {_COLUMNS}, found AS (
        SELECT 1 AS drop_order, 'trigger ' || t.tgname || ' of ' || r.place AS what,
            format('DROP TRIGGER %I ON %s', t.tgname, r.place) AS drop_sql,
            ARRAY[pg_get_triggerdef(t.oid, true)]
                || CASE t.tgenabled WHEN 'O' THEN '{{}}'::text[] ELSE
                ARRAY[format('ALTER TABLE %s %s TRIGGER %I', r.place, CASE t.tgenabled
                WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
                t.tgname)] END
                || {_comment("TRIGGER %I ON %s", "t.tgname, r.place", "pg_trigger", "t.oid")}
            AS create_sql, 'TABLE ' || r.place AS thing, r.relowner AS owner
        FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
            AND COALESCE(to_jsonb(t)->>'tgparentid', '0') = '0'
        WHERE t.oid IN (SELECT objid FROM needed WHERE classid = 'pg_trigger'::regclass)
    UNION ALL
        SELECT 2, 'rule ' || w.rulename || ' of ' || r.place,
            format('DROP RULE %I ON %s', w.rulename, r.place), ARRAY[pg_get_ruledef(w.oid, true)]
                || CASE w.ev_enabled WHEN 'O' THEN '{{}}'::text[] ELSE
                ARRAY[format('ALTER TABLE %s %s RULE %I', r.place, CASE w.ev_enabled
                WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
                w.rulename)] END
                || {_comment("RULE %I ON %s", "w.rulename, r.place", "pg_rewrite", "w.oid")},
            'TABLE ' || r.place, r.relowner
        FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid
        WHERE w.oid IN (SELECT objid FROM needed WHERE classid = 'pg_rewrite'::regclass)
    UNION ALL
        SELECT 3, 'policy ' || p.polname || ' of ' || r.place,
            format('DROP POLICY %I ON %s', p.polname, r.place),
            ARRAY[format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, r.place,
                CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                    WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC'
                    ELSE quote_ident(pg_get_userbyid(o)) END, ', ') FROM unnest(p.polroles) o))
                || COALESCE(' USING (' || pg_get_expr(p.polqual, r.oid) || ')', '')
                || COALESCE(' WITH CHECK (' || pg_get_expr(p.polwithcheck, r.oid) || ')', '')]
                || {_comment("POLICY %I ON %s", "p.polname, r.place", "pg_policy", "p.oid")},
            'TABLE ' || r.place, r.relowner
        FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
        WHERE p.oid IN (SELECT objid FROM needed WHERE classid = 'pg_policy'::regclass)
    UNION ALL
        SELECT CASE k.contype WHEN 'f' THEN 4 ELSE 6 END, 'constraint ' || k.conname || ' of '
            || k.conrelid::regclass,
            format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
            ARRAY[format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,
                pg_get_constraintdef(k.oid))]
            || {_ON_CONSTRAINT}
            || ARRAY(SELECT
                unnest({_INDEX_USES.format(place="i.indrelid::regclass", name="k.conname")})
                FROM pg_index i WHERE i.indexrelid = k.conindid AND i.indrelid = k.conrelid),
            'TABLE ' || k.conrelid::regclass, t.relowner
        FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
        WHERE k.conparentid = 0 AND k.coninhcount = 0
            AND k.oid IN (SELECT objid FROM needed WHERE classid = 'pg_constraint'::regclass
                AND (attname = ANY (:moved) OR attname = ANY (:converted)))
            AND (k.contype IN ('c', 'x') OR EXISTS (SELECT FROM needed
                WHERE objid = k.oid AND attname = ANY (:moved)))
    UNION ALL
        SELECT 5, 'index ' || i.indexrelid::regclass, 'DROP INDEX ' || i.indexrelid::regclass,
            ARRAY[pg_get_indexdef(i.indexrelid, 0, true)]
            || {_comment("INDEX %s", "i.indexrelid::regclass", "pg_class", "i.indexrelid")}
            || {_INDEX_USES.format(place="r.place", name="x.relname")},
            'TABLE ' || r.place, r.relowner
        FROM relation r JOIN pg_index i ON i.indrelid = r.oid
        JOIN pg_class x ON x.oid = i.indexrelid AND NOT x.relispartition
        WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid
                AND k.contype IN ('p', 'u', 'x'))
            AND EXISTS (SELECT FROM needed n WHERE n.classid = 'pg_class'::regclass
                AND n.objid = i.indexrelid AND (n.attname = ANY (:moved)
                OR (n.attname = ANY (:converted)
                AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))))
    UNION ALL
        SELECT 7, 'statistics ' || s.stxname, format('DROP STATISTICS %s.%I',
            quote_ident(n.nspname), s.stxname), ARRAY[pg_get_statisticsobjdef(s.oid),
                format('ALTER STATISTICS %I.%I OWNER TO %I', n.nspname, s.stxname,
                pg_get_userbyid(s.stxowner))]
            || array_remove(ARRAY[CASE WHEN CAST(to_jsonb(s)->>'stxstattarget' AS int) > -1 THEN
                format('ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname,
                to_jsonb(s)->>'stxstattarget') END], NULL)
            || {_comment("STATISTICS %I.%I", "n.nspname, s.stxname", "pg_statistic_ext", "s.oid")},
            format('STATISTICS %I.%I', n.nspname, s.stxname), s.stxowner
        FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
        WHERE s.oid IN (SELECT objid FROM needed WHERE classid = 'pg_statistic_ext'::regclass)
    UNION ALL
        SELECT 8, 'generated column ' || r.place || '.' || a.attname,
            format('ALTER TABLE %s DROP COLUMN %I', r.place, a.attname),
            ARRAY[format('ALTER TABLE %s ADD COLUMN %I %s%s GENERATED ALWAYS AS (%s) STORED%s',
                r.place, a.attname, format_type(a.atttypid, a.atttypmod),
                (SELECT format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_collation l
                    JOIN pg_namespace n ON n.oid = l.collnamespace JOIN pg_type t
                    ON t.oid = a.atttypid WHERE l.oid = a.attcollation
                    AND t.typcollation <> l.oid),
                pg_get_expr(d.adbin, d.adrelid),
                CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END)]
            || {_COLUMN_RIGHTS.format(place="r.place")}
            || {_COLUMN_SETTINGS.format(place="r.place")},
            'TABLE ' || r.place, r.relowner
        FROM {_GENERATED}
    UNION ALL
        SELECT 9, 'function ' || p.oid::regprocedure,
            format('CREATE OR REPLACE %s %s(%s)%s LANGUAGE plpgsql AS %L',
                CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                p.oid::regproc, pg_get_function_arguments(p.oid),
                ' RETURNS ' || pg_get_function_result(p.oid), 'BEGIN END'),
            ARRAY[pg_get_functiondef(p.oid)], 'ROUTINE ' || p.oid::regprocedure, p.proowner
        FROM pg_proc p WHERE to_jsonb(p)->>'prosqlbody' IS NOT NULL
            AND p.oid IN (SELECT objid FROM needed WHERE classid = 'pg_proc'::regclass)
    )
    SELECT what, drop_sql, create_sql, thing, pg_get_userbyid(owner) AS owner FROM found
    ORDER BY drop_order, what
"""
"""Other objects, in the order in which to drop them.

The body of an SQL-standard function (BEGIN ATOMIC) is replaced by an empty one instead, so that the
function keeps its owner, its rights and its callers."""

PUBLICATIONS: Final = f"""
    WITH RECURSIVE {_COLUMNS}
    SELECT format('publication %s of %s', p.pubname, r.place) AS what,
        format('ALTER PUBLICATION %I DROP TABLE ONLY %s', p.pubname, r.place) AS drop_sql,
        ARRAY[format('ALTER PUBLICATION %I ADD TABLE ONLY %s', p.pubname, r.place)
            || COALESCE(' (' || (SELECT string_agg(quote_ident(a.attname), ', ')
                FROM unnest(l.prattrs::int[]) number
                JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = number) || ')', '')
            || COALESCE(' WHERE (' || pg_get_expr(l.prqual, r.oid) || ')', '')] AS create_sql,
        format('PUBLICATION %I', p.pubname) AS thing, pg_get_userbyid(p.pubowner) AS owner
    FROM relation r JOIN pg_publication_rel l ON l.prrelid = r.oid
    JOIN pg_publication p ON p.oid = l.prpubid
    WHERE l.oid IN (SELECT objid FROM needed WHERE classid = 'pg_publication_rel'::regclass)
    ORDER BY what
"""
"""Publications with a column list or a WHERE that names the columns (PostgreSQL 15 and later)."""

_ON_ROUTINE: Final = " || ".join(
    (
        _GRANTS.format(
            place="'ROUTINE ' || p.oid::regprocedure", acl="p.proacl", owner="p.proowner", kind="f"
        ),
        _comment("ROUTINE %s", "p.oid::regprocedure", "pg_proc", "p.oid"),
    )
)

FUNCTIONS: Final = f"""
    WITH {_DEFAULT_GRANTEES.format(kind="f")}
    SELECT DISTINCT 'function ' || p.oid::regprocedure AS what,
        'DROP ROUTINE ' || p.oid::regprocedure AS drop_sql,
        ARRAY[pg_get_functiondef(p.oid), 'ALTER ROUTINE ' || p.oid::regprocedure || ' OWNER TO '
            || quote_ident(pg_get_userbyid(p.proowner))]
        || {_ON_ROUTINE}
        AS create_sql, 'ROUTINE ' || p.oid::regprocedure AS thing,
        pg_get_userbyid(p.proowner) AS owner
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
        AND d.classid = 'pg_proc'::regclass
    JOIN pg_proc p ON p.oid = d.objid AND p.prokind <> 'a'
    WHERE n.nspname = current_schema() AND t.typname = ANY (:types)
"""

_ON_TYPE: Final = " || ".join(
    (
        _GRANTS.format(place="'TYPE ' || t.oid::regtype", acl="typacl", owner="typowner", kind="T"),
        _comment("TYPE %s", "t.oid::regtype", "pg_type", "t.oid"),
    )
)

TYPES: Final = f"""
    WITH {_DEFAULT_GRANTEES.format(kind="T")}
    SELECT 'TYPE ' || t.oid::regtype AS thing, pg_get_userbyid(typowner) AS owner,
        array_remove(ARRAY[CASE WHEN typowner <> current_user::regrole THEN format('ALTER TYPE %s'
            ' OWNER TO %I', t.oid::regtype, pg_get_userbyid(typowner)) END], NULL)
        || {_ON_TYPE} AS create_sql
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = current_schema() AND t.typname = ANY (:types) ORDER BY 1
"""

RIGHTS: Final = f"""
    SELECT unnest({_COLUMN_RIGHTS.format(place="r.oid::regclass")}
        || {_COLUMN_SETTINGS.format(place="r.oid::regclass")})
    FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid
    WHERE r.oid = to_regclass(:relation) AND a.attname = :name
"""
