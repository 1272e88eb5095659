"""Other words for the values that a key has to choose from, and what they are called here."""

import re
from collections.abc import Iterable

from factory.meant.wordlist import words

_WORDS: dict[str, dict[str, str]] = {
    "source": {
        "salesforce": "sf sfdc force crm salesforce-bulk",
        "postgresql": "pg psql postgres pgsql postgre rds-postgres aurora-postgresql aurora-postgres timescaledb",
        "mysql": "mariadb maria my percona rds-mysql rds-mariadb aurora-mysql",
        "redshift": "aws-redshift amazon-redshift redshift-serverless rs",
        "dynamodb": "dynamo ddb dynamo-db aws-dynamodb",
    },
    "format": {
        "csv": "excel xls xlsx sheet spreadsheet tsv text txt plain comma-separated delimited",
        "ndjson": "jsonl jsonlines json-lines ldjson jsons newline-delimited-json",
        "json": "json-array array js",
        "parquet": "avro orc delta iceberg columnar pq arrow feather hudi",
    },
    "compression": {"gzip": "gz zip gzipped deflate bzip2 bz2 yes true", "zstd": "zst zstandard lz4 brotli", "none": "no false off uncompressed null"},
    "delimiter": {
        ";": "semicolon semi-colon point-virgule semikolon",
        "tab": "\\t tabs tabulator tabulation tsv",
        ",": "comma virgule komma",
        "|": "pipe bar vertical-bar",
    },
    "api": {"bulk": "bulk2 bulkv2 bulk-api bulkapi batch async", "rest": "soap query rest-api sync", "auto": "automatic any default both"},
    "drift": {"follow": "evolve allow accept auto add new", "freeze": "ignore keep fixed discard lock", "fail": "error stop strict raise break reject"},
    "deletes": {"soft": "mark flag keep hard include yes true", "ignore": "drop remove exclude skip no false none"},
    "protect": {
        "hash": "sha256 sha-256 sha512 md5 hmac encrypt encrypted tokenize tokenise pseudonymise pseudonymize pseudonym hashed key",
        "mask": "masked redact redacted anonymise anonymize stars hide obfuscate",
        "drop": "remove exclude delete omit skip null nullify",
    },
}  # fmt: skip


_NOT_THE_SAME = {
    "tsv": "`csv: {delimiter: tab}` says the rest.",
    **dict.fromkeys(words("excel xls xlsx sheet spreadsheet"), "Excel opens it."),
    **dict.fromkeys(words("avro orc arrow feather columnar"), "It is the columnar format that is written."),
    **dict.fromkeys(words("delta iceberg hudi"), "The files of a dataset are written, not a table."),
    **dict.fromkeys(words("lz4 brotli bzip2 bz2"), "It is the nearest that is written."),
    "soap": "It is the nearest that is read.",
}  # fmt: skip


def choice(key: str, text: str, choices: Iterable[str]) -> tuple[str, str] | None:
    """One of the choices of a key, and how it differs from what is written; None where the text is none of them in other words."""
    names = tuple(choices)
    word = re.sub(r"[\s_.]+", "-", text.casefold().strip(" ."))
    media = re.sub(r"^(?:text|application|file)/(?:x-)?", "", word)
    head = re.sub(r"[^\w-].*|-(?:utf|gz|snappy|zip|file).*", "", media).strip("-")
    for form in dict.fromkeys((word, media, media.replace("-", ""), head)):
        for name in names:
            if form == name.casefold() or form in _WORDS.get(key, {}).get(name, "").split():
                return name, _NOT_THE_SAME.get(form, "") or _and_more(word, form, names)
    return None


def _and_more(word: str, form: str, names: tuple[str, ...]) -> str:
    """What else a word says: `csv.gz` is compressed, `csv, parquet` are two."""
    rest = word.removeprefix(form) if word.startswith(form) else ""
    if re.search("gz|gzip", rest):
        return "`compression: gzip` says the rest."
    if "snappy" in rest:
        return "`compression: snappy` says the rest."
    if any(re.search(rf"\b{name}\b", rest) for name in names):
        return "One file has one format: write another file for the others."
    return ""
