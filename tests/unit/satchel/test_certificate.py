"""The demo's own certificate: made once, for this room's address, with keys that only their owner can read."""

import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509

from satchel.demo import certificate

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_it_is_made_once_and_names_the_room(tmp_path):
    files = certificate.ensure(tmp_path, address="192.168.7.20", now=NOW)
    first = files.chain.read_bytes()
    assert certificate.ensure(tmp_path, address="192.168.7.20", now=NOW).chain.read_bytes() == first
    names = x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert {str(ip) for ip in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "::1", "192.168.7.20"}


def test_keys_are_for_their_owner_only(tmp_path):
    certificate.ensure(tmp_path, address="127.0.0.1", now=NOW)
    for name in ("server-key.pem", "authority-key.pem"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_a_new_address_gets_a_new_certificate_from_the_same_authority(tmp_path):
    before = certificate.ensure(tmp_path, address="192.168.7.20", now=NOW)
    authority, chain = before.authority.read_bytes(), before.chain.read_bytes()
    after = certificate.ensure(tmp_path, address="10.0.0.9", now=NOW)
    assert after.authority.read_bytes() == authority
    assert after.chain.read_bytes() != chain


def test_an_ending_authority_is_replaced_with_its_certificate(tmp_path):
    before = certificate.ensure(tmp_path, address="127.0.0.1", now=NOW)
    authority = before.authority.read_bytes()
    after = certificate.ensure(tmp_path, address="127.0.0.1", now=NOW + timedelta(days=360))
    assert after.authority.read_bytes() != authority
    x509.load_pem_x509_certificate(after.chain.read_bytes()).verify_directly_issued_by(
        x509.load_pem_x509_certificate(after.authority.read_bytes())
    )


def test_a_client_that_trusts_the_authority_can_load_it(tmp_path):
    files = certificate.ensure(tmp_path, address="127.0.0.1", now=datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    assert ssl.create_default_context(cafile=str(files.authority)).get_ca_certs()
