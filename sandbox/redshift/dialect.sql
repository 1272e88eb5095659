-- What PostgreSQL lacks of Redshift. The schema comes before pg_catalog in every session of the stand-in.
CREATE SCHEMA redshift;
CREATE DOMAIN redshift.super AS jsonb;
CREATE DOMAIN redshift.varbyte AS bytea;
CREATE DOMAIN redshift.geometry AS bytea;
CREATE DOMAIN redshift.hllsketch AS bytea;
CREATE FUNCTION redshift.from_varbyte(value bytea, form text) RETURNS varchar LANGUAGE sql IMMUTABLE AS $$ SELECT encode(value, form) $$;
CREATE FUNCTION redshift.getdate() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT date_trunc('second', now() AT TIME ZONE 'UTC') $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ALL_COLUMNS.html: what the user may see.
CREATE VIEW redshift.svv_all_columns AS
SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, c.relname::text AS table_name,
       a.attname::text AS column_name, a.attnum::int AS ordinal_position,
       CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END::text AS is_nullable,
       CASE t.typname WHEN 'varbyte' THEN 'binary varying' WHEN 'super' THEN 'super' WHEN 'geometry' THEN 'geometry'
                      WHEN 'hllsketch' THEN 'hllsketch' ELSE format_type(a.atttypid, NULL) END::text AS data_type,
       information_schema._pg_numeric_precision(a.atttypid, a.atttypmod)::int AS numeric_precision,
       information_schema._pg_numeric_scale(a.atttypid, a.atttypmod)::int AS numeric_scale,
       col_description(a.attrelid, a.attnum)::text AS remarks
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'redshift', 'pg_toast')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT');

-- A sort key is a property of a column there; here an index says it.
CREATE VIEW redshift.pg_attribute AS
SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attnum, a.attnotnull, a.attisdropped,
       coalesce((SELECT array_position(i.indkey::int2[], a.attnum) + 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                      WHERE i.indrelid = a.attrelid AND x.relname LIKE '%\_sortkey'), 0)::int AS attsortkeyord
FROM pg_catalog.pg_attribute a;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TABLE_INFO.html
CREATE VIEW redshift.svv_table_info AS
SELECT current_database()::text AS database, n.nspname::text AS schema, c.relname::text AS "table",
       greatest(c.reltuples, 0)::numeric(38, 0) AS tbl_rows, (pg_total_relation_size(c.oid) / 1048576)::bigint AS size
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'SELECT');
GRANT USAGE ON SCHEMA redshift TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA redshift TO PUBLIC;
