"""A certificate authority that lives as long as one rehearsal, and the CA bundle that trusts it.

Nobody's trust store is changed: clients are pointed at the bundle by environment variables.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import certifi
import trustme

# Where a user's own bundle may stand: that of a company's proxy, say, which pip and npm must go on trusting.
USER_BUNDLE_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "PIP_CERT",
    "NODE_EXTRA_CA_CERTS",
    "npm_config_cafile",
    "NPM_CONFIG_CAFILE",
)


class Leaf(NamedTuple):
    """A server certificate on disk, both files in PEM.

    certificate: the leaf followed by its chain.  key: the private key, readable by its owner alone, as
    PostgreSQL demands.
    """

    certificate: Path
    key: Path


class Authority:
    """Signs certificates for the names that the deployed certificates carry.

    folder: where certificates and keys are written; it is made if absent.
    certificate: the authority's own, in PEM.  bundle: the well-known authorities, the user's own and this one.
    extra: the last two alone, for programs that know the well-known ones by themselves, as Node does.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ca = trustme.CA(organization_name="Rehearsal", organization_unit_name="Throw-away CA")
        self._leaves: dict[frozenset[str], Leaf] = {}
        self._lock = threading.Lock()
        self.certificate = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(self.certificate)
        self.bundle = folder / "bundle.pem"
        users_own = [value for name in USER_BUNDLE_VARIABLES if (value := environment.get(name))]
        self.bundle.write_bytes(_joined([certifi.where(), *users_own]) + self._ca.cert_pem.bytes())
        self.extra = folder / "extra.pem"
        self.extra.write_bytes(_joined(users_own) + self._ca.cert_pem.bytes())

    def issue(self, names: Iterable[str]) -> Leaf:
        """The certificate for exactly these names (host names, wildcards or IP addresses; at least one).

        The same names give the same files.  Raises ValueError without a name.
        """
        wanted = frozenset(name.lower().rstrip(".") for name in names)
        if not wanted:
            raise ValueError("issue(names=[]): a certificate needs a name, for example 'portal.bank.example'")
        with self._lock:
            if wanted not in self._leaves:
                self._leaves[wanted] = self._write(sorted(wanted), f"leaf-{len(self._leaves)}")
            return self._leaves[wanted]

    def _write(self, names: list[str], stem: str) -> Leaf:
        issued = self._ca.issue_cert(*names)
        leaf = Leaf(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        leaf.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        leaf.key.touch(mode=0o600)
        leaf.key.write_bytes(issued.private_key_pem.bytes())
        return leaf


def _joined(files: list[str]) -> bytes:
    """The contents of the files that exist, each file once."""
    return b"".join(
        Path(file).read_bytes().rstrip(b"\n") + b"\n" for file in dict.fromkeys(files) if Path(file).is_file()
    )
