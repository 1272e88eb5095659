"""Other words for keys: what they are called here, or how the need is met where no key does it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word that people write as a key: the key that does it, or else what to do."""

    key: str = ""
    advice: str = ""


_SPEC = {
    "source": "source_type source_system source_kind system connector db database_type engine dbms",
    "cursor_unit": "epoch_unit timestamp_unit unix_unit cursor_epoch",
    "cursor_timezone": "cursor_tz cursor_zone timestamp_timezone timestamp_zone",
    "object": "sobject sobject_type object_name sf_object table entity source_object stream streams stream_name sobjectname salesforce_object objet objekt objeto oggetto",
    "fields": "columns field sf_fields select attributes field_list properties colonnes champs felder spalten campos campi velden cols",
    "filter": "where condition conditions filters predicate criteria filtre filtro bedingung row_filter sql_where",
    "query": "soql sql statement select_statement soql_query requête",
    "schedule": "cron schedule_interval frequency trigger when interval cadence planning timetable run_at horaire zeitplan fréquence programación rooster pianificazione",
    "after": "depends_on upstream dependencies depends wait_for trigger_after triggered_by run_after follows datasets assets",
    "timezone": "tz time_zone zone fuseau zeitzone zona_horaria tijdzone",
    "end": "end_date until stop_date expires valid_until date_fin enddatum",
    "start": "start_date begin from_date since date_debut",
    "window": "fenster fenêtre ventana finestra venster zeitraum période periodo range period mode load_type sync_mode load load_mode timeframe lookback load_strategy replication_method write_disposition",
    "one_snapshot": "snapshot consistent consistent_snapshot single_snapshot snapshot_isolation one_moment",
    "batch_size": "chunk chunk_size chunks batch partition_size slice slices page_size batchsize batches",
    "cursor": "cursor_field incremental_key replication_key watermark date_field incremental_field bookmark watermark_column timestamp_field",
    "include_deleted": "deleted query_all include_deletes with_deleted read_deleted",
    "format": "file_format output_format file_type type filetype export_format",
    "csv": "csv_options csv_dialect dialect csv_format",
    "file_name": "filename file output_file target_file file_pattern basename",
    "partition_by": "partition partitions partitioning partition_column partition_keys partitioned_by partition_cols",
    "compression": "compress codec gzip compression_type zip",
    "destination": "target output sink path s3 location folder output_path s3_path s3_prefix",
    "calendar": "holidays skip_holidays working_days business_days skip_days closed_days workdays",
    "retries": "retry retry_count max_retries attempts",
    "owner": "responsible contact_person team author besitzer propriétaire",
    "tags": "tag labels label",
    "connection": "conn conn_id connection_id sf_conn_id salesforce_conn_id source_connection",
    "paused": "is_paused disabled is_paused_upon_creation suspended",
    "notify": "notifications notification alerts alert alerting notices on_failure",
    "deadline": "sla freshness due late_after max_age expected_within fresh_within",
    "expect": "expectations quality checks assertions tests dq sla_rows",
    "drift": "schema_drift schema_evolution schema_change on_schema_change",
    "deletes": "delete_mode hard_deletes on_delete",
    "refresh": "full_refresh resync reload",
    "table": "iceberg register catalog catalogue glue glue_table athena table_name queryable",
    "description": "desc comment doc docs documentation beschreibung descripción descrizione omschrijving title",
    "overlap": "lag safety_window margin lookback_window",
    "record_time_added": "loaded_at ingestion_time fetch_time add_timestamp",
    "coerce_to_timestamp": "epoch unix_timestamps timestamps",
    "api": "api_type use_bulk bulk",
}  # fmt: skip
_ADVICE = {
    "name last_name dag_id id title": "A spec is called as its file is: rename the file, and the DAG is `<unit>.<file name>`.",
    "delimiter separator sep bom": "It belongs into `csv`: `csv: {delimiter: ;}`.",
    "null nulls null_value null_string na_rep nullif null_text none_value": "It belongs into `csv`: `csv: {null: NULL}`.",
    "labels use_labels column_labels header_labels": "It belongs into `csv`: `csv: {header: labels}`.",
    "quotechar quote escape line_terminator": "Not possible: CSV files have a header, and every value in quotes.",
    "rename aliases alias mapping mappings column_names as": "Say it at the field: `fields: [Id, {name: StageName, as: stage}]`.",
    "exclude except exclude_fields skip_fields ignore_fields without": "It belongs into `fields`: `fields: {all: true, except: [Description]}`.",
    "incremental": "Write `window: incremental`, and in `cursor:` the field by which it goes.",
    "default_args dag_args common": "Write each key itself; what holds for all specs of a unit stands in `defaults` of unit.yaml.",
    "s3_key dest_key key_prefix object_key": "Files lie below the unit's `prefix`, in a folder called as the spec is; delete it. `file_name` names one file.",
    "catchup backfill": "The DAG does it by itself: `start` says from when on for `window: incremental`.",
    "limit max_rows sample top": "Not possible: a spec reads all rows of its window. `factory preview` shows some.",
    "order_by sort order sort_by orderby": "Not possible: files have no order. Sort them where they are read.",
    "join joins lookup": "Name a parent's field with a dot in `fields`, such as `Account.Name`.",
    "group_by aggregate distinct dedupe unique": "Write a `query:` with GROUP BY instead of `fields` and `window`.",
    "email emails email_on_failure slack teams recipients contact on_failure_callback":
        "Write `notify: true`: the unit's `contact` is told. Who else wants to hear subscribes to the unit's topic.",
    "timeout execution_timeout": "Not possible: the source's own deadlines hold. Delete it.",
    "encoding charset": "Files are UTF-8; delete it.",
    "env environment environments stage": "Not in a spec: `environments` in group.yaml says what differs; every spec holds for all of them.",
    "pool queue priority priority_weight concurrency max_active_runs depends_on_past retry_delay retry_exponential_backoff trigger_rule provide_context wait_for_downstream max_active_tasks parallelism workers threads": "The factory sets it; delete it.",
    "params parameters config variables vars": "Airflow asks for another window when a run is triggered; any other value, write itself.",
    "version schema_version apiversion $schema": "A spec needs none; delete it.",
    "enabled active selected": "Write `paused: true` for a DAG that shall arrive paused; to end it for good, delete the file.",
    "username password secret token credentials security_token client_id client_secret":
        "Never write it in a file: the Airflow connection holds it, and `connection:` names that.",
    "is_sandbox sandbox instance instance_url login_url domain host api_version": "The Airflow connection says which org is read, and how; delete it.",
    "primary_key key_properties table_key_properties key keys unique_key merge_key id_column": "The key is the source's own; delete it.",
    "write_mode disposition if_exists overwrite destination_sync_mode materialization": "Each run replaces its own files; delete it.",
    "protect protection pii personal sensitive anonymize mask masking hash encrypt encryption": "Say it at the field: `fields: [{name: Email, protect: hash}]`.",
}  # fmt: skip
_UNIT = {
    "contact": "email mail e-mail emails slack notify",
    "owner": "team responsible",
    "objects": "object tables sobjects allowed_objects",
    "connections": "connection conn_id conns",
    "destination": "bucket target s3 prefix path",
    "defaults": "default common shared",
    "api_calls_per_day": "budget quota limit calls api_budget api_limit daily_calls",
    "protect_key": "hash_key hmac_key salt secret_key",
}  # fmt: skip
_NESTED = {
    "last": "length duration period for",
    "from": "start begin since start_date de von after",
    "min_rows": "rows minimum min minrows at_least row_count",
    "max_drop": "drop max_loss tolerance maxdrop",
    "name": "field column api_name",
    "protect": "protection mask hash pii",
    "as": "alias rename rename_to called column_name target_name new_name",
    "delimiter": "separator sep delim",
    "bom": "byte_order_mark utf8_bom",
    "null": "nulls null_value null_string na_rep null_text",
    "header": "headers column_labels labels names",
    "reason": "why because comment",
    "prefix": "folder path directory key dir",
    "bucket": "s3 s3_bucket bucket_name",
    "keep": "retention retain keep_for history expire expires expire_after ttl max_age days",
    "compact": "compaction optimize optimise vacuum maintenance bin_pack",
    "current": "latest state scd1 upsert merge current_state",
}  # fmt: skip


_OF_PLACE = (  # a key of the place, the words that people write there, what to do
    ("through", "end until till up_to stop end_date stop_date bis jusque hasta tot fin",
     "Write `through: DAY` to read that day too, or `before: DAY` to leave it out."),
    ("except", "exclude excluded without but omit skip ignore", "Write `fields: {all: true, except: [Description]}`."),
    ("delimiter", "decimal decimal_separator thousands date_format",
     "Numbers have a decimal point and dates are ISO 8601 in every file; delete it."),
    ("delimiter", "encoding charset quote quotechar quoting escape line_terminator",
     "CSV files are UTF-8, with every value in quotes; delete it."),
    ("between", "min max minimum maximum gte lte min_value max_value", "Write both ends: `between: [0, 100]`."),
)  # fmt: skip


def word(text: str, known: tuple[str, ...]) -> Word | None:
    """What a word that is not a key stands for, among the keys that are known at its place."""
    folded = text.casefold().replace("-", "_").replace(" ", "_")
    for key, others in (*(_UNIT if "contact" in known else _SPEC).items(), *_NESTED.items()):
        if key in known and folded in others.replace("-", "_").split():
            return Word(key)
    for near_by, others, advice in _OF_PLACE:
        if near_by in known and folded in others.split():
            return Word(advice=advice)
    if "current" in known and folded in ["name", "table", "database"]:
        return Word(
            advice="A table is called as its spec's file is, in the unit's database; write `table: true`."
        )
    if "window" in known:
        for others, advice in _ADVICE.items():
            if folded in others.split():
                return Word(advice=advice)
    return None
