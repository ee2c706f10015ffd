"""The throw-away authority: what its certificates cover, and whom its bundle trusts."""

import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509

from rehearsal.edge.authority import Authority


def subject_names(certificate: Path) -> set[str]:
    """The DNS names of the first certificate in a PEM file."""
    leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(names.get_values_for_type(x509.DNSName))


def test_certificate_covers_exactly_the_names_asked_for(tmp_path: Path) -> None:
    leaf = Authority(tmp_path, {}).issue(["portal.bank.example", "api.bank.example"])

    assert subject_names(leaf.certificate) == {"portal.bank.example", "api.bank.example"}


def test_same_names_in_any_order_give_the_same_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path, {})

    assert authority.issue(["a.example", "B.example."]) == authority.issue(["b.example", "a.example"])


def test_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    leaf = Authority(tmp_path, {}).issue(["db.example"])

    assert stat.S_IMODE(leaf.key.stat().st_mode) == 0o600


def test_bundle_holds_the_users_own_authority_and_ours(tmp_path: Path) -> None:
    company = Authority(tmp_path / "company", {})

    ours = Authority(tmp_path / "ours", {"SSL_CERT_FILE": str(company.certificate)})

    context = ssl.create_default_context(cafile=str(ours.bundle))
    trusted = {
        certificate.strip() for certificate in map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(True))
    }
    assert company.certificate.read_text().strip() in trusted
    assert ours.certificate.read_text().strip() in trusted


def test_certificate_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a certificate needs a name, for example"):
        Authority(tmp_path, {}).issue([])
