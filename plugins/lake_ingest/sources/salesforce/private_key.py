r"""A private key as people paste it: on one line, with `\n` in words, in quotes, as bare base64.

Nothing of a key is ever quoted.
"""

import base64
import binascii
import re
import textwrap
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+?)-----(.*?)-----END \1-----", re.DOTALL)
_KINDS = ("PRIVATE KEY", "RSA PRIVATE KEY")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+=*\s*")


class UnusableKeyError(Exception):
    """The key cannot sign; the text goes on after the name of the value: `is cut off: …`."""


def read_private_key(pasted: str) -> str:
    """The PEM text that was meant; what cannot be recognised comes back as it is, for `load_private_key` to refuse."""
    text = pasted.replace("\\r", "").replace("\\n", "\n").replace("\r", "\n").strip().strip("'\"").strip()
    if "-----" in text:
        found = _PEM.search(text)
        return _pem(found[1], found[2]) if found else text
    if not _BASE64.fullmatch(text):
        return text
    body = "".join(text.split())
    try:
        inner = base64.b64decode(body + "=" * (-len(body) % 4))
    except binascii.Error:
        return text
    if inner.lstrip().startswith(b"-----BEGIN"):
        return read_private_key(inner.decode("ascii", "replace"))
    # The DER form of PKCS#8 holds a version and then a sequence, that of PKCS#1 a version and then a number.
    return _pem("PRIVATE KEY" if b"\x02\x01\x00\x30" in inner[:12] else "RSA PRIVATE KEY", body)


def read_key_file(path: str) -> str:
    """The PEM text of a file.

    Raises:
        UnusableKeyError: it cannot be read.
    """
    try:
        return read_private_key(Path(path).expanduser().read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UnusableKeyError("names a file that is not on this worker") from None
    except UnicodeDecodeError:
        raise UnusableKeyError("names a file that is not text") from None
    except OSError as error:
        raise UnusableKeyError(f"names a file that cannot be read ({error.strerror})") from None


@lru_cache(maxsize=8)
def load_private_key(text: str) -> "RSAPrivateKey":
    """The RSA key of a PEM text. To prove that its numbers are one takes far longer than to sign with it: a process does so once.

    Raises:
        UnusableKeyError: it is not the whole of an RSA key.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - some 20 ms
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    _check_frame(text)
    try:
        key = load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKeyError("is damaged: a part of it is missing or changed") from None
    if not isinstance(key, RSAPrivateKey):
        kind = type(key).__name__.lstrip("_").removesuffix("PrivateKey")
        raise UnusableKeyError(
            f"is not an RSA key but one of kind {kind}, which Salesforce does not take for JWT"
        )
    return key


def _check_frame(text: str) -> None:
    if "-----BEGIN" not in text:
        raise UnusableKeyError("is not a private key in PEM: the line -----BEGIN PRIVATE KEY----- is missing")
    found = _PEM.search(text)
    if found is None:
        raise UnusableKeyError("is cut off: the line -----END PRIVATE KEY----- is missing")
    if "ENCRYPTED" in text:
        raise UnusableKeyError("is encrypted with a passphrase")
    kind = found[1]
    if kind not in (*_KINDS, "EC PRIVATE KEY"):
        raise UnusableKeyError(f"holds the text of a {kind.lower()}, not a private key in PEM")


def _pem(kind: str, body: str) -> str:
    """A PEM text with its lines as they should be. The header lines of an encrypted key are kept, to be recognised."""
    if ":" in body:
        return f"-----BEGIN {kind}-----\n{body.strip()}\n-----END {kind}-----\n"
    lines = textwrap.wrap("".join(body.split()), 64)
    return "\n".join((f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""))
