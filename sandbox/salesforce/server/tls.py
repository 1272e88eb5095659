"""The org's own certificate authority, and what clients need to trust it."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import certifi
import trustme

NAMES: Final = (
    "*.salesforce.com",
    "*.my.salesforce.com",
    "*.sandbox.my.salesforce.com",
    "localhost",
    "127.0.0.1",
)


@dataclass(frozen=True, slots=True)
class Trust:
    """`ca` is the authority's certificate, `bundle` that and the public roots, `chain` the server's key and chain."""

    ca: Path
    bundle: Path
    chain: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


def issue(directory: Path) -> Trust:
    """Make an authority and a certificate for every host that the org answers for."""
    authority = trustme.CA(organization_name="Northwind Energy sandbox")
    certificate = authority.issue_cert(*NAMES)
    trust = Trust(directory / "ca.pem", directory / "bundle.pem", directory / "server.pem")
    authority.cert_pem.write_to_path(trust.ca)
    trust.bundle.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + authority.cert_pem.bytes())
    trust.chain.touch(mode=0o600)
    certificate.private_key_and_cert_chain_pem.write_to_path(trust.chain)
    return trust
