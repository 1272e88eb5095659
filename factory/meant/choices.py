"""Other words for the values that a key has to choose from, and what they are called here."""

import re
from collections.abc import Iterable

_WORDS: dict[str, dict[str, str]] = {
    "format": {
        "csv": "excel xls xlsx sheet spreadsheet tsv text txt plain comma-separated delimited",
        "ndjson": "jsonl jsonlines json-lines ldjson jsons newline-delimited-json",
        "json": "json-array array js",
        "parquet": "avro orc delta iceberg columnar pq arrow feather hudi",
    },
    "compression": {"gzip": "gz zip gzipped deflate bzip2 bz2 yes true", "zstd": "zst zstandard lz4 brotli", "none": "no false off uncompressed null"},
    "api": {"bulk": "bulk2 bulkv2 bulk-api bulkapi batch async", "rest": "soap query rest-api sync", "auto": "automatic any default both"},
    "drift": {"follow": "evolve allow accept auto add new", "freeze": "ignore keep fixed discard lock", "fail": "error stop strict raise break reject"},
    "deletes": {"soft": "mark flag keep hard include yes true", "ignore": "drop remove exclude skip no false none"},
    "protect": {
        "hash": "sha256 sha-256 sha512 md5 hmac encrypt encrypted tokenize tokenise pseudonymise pseudonymize pseudonym hashed key",
        "mask": "masked redact redacted anonymise anonymize stars hide obfuscate",
        "drop": "remove exclude delete omit skip null nullify",
    },
}  # fmt: skip


def choice(key: str, text: str, choices: Iterable[str]) -> str | None:
    """One of the choices of a key; None where the text is none of them in other words."""
    word = re.sub(r"[\s_.]+", "-", text.casefold().strip(" ."))
    for name in choices:
        if word == name.casefold() or word in _WORDS.get(key, {}).get(name, "").split():
            return name
    return None
