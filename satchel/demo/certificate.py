"""A certificate authority of the demo's own, for phones in one room: made once, kept beside the demo's data, trusted
by nobody else.

The authority may sign for a year and for nothing but servers; its private key lies beside it with mode 0600. The
server's certificate names `localhost` and the machine's address in the room, and is made anew when that address
changes or it is about to end. Never use it for an installation: an operator's certificate comes from a public
authority (docs/operating.md).
"""

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_YEAR = timedelta(days=365)
_MARGIN = timedelta(days=7)
_BACKDATED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCertificate:
    """Where the files are: the chain and key that the roles serve with, and the authority that a phone may trust."""

    chain: Path
    key: Path
    authority: Path


def room_address() -> str:
    """Give this machine's address in its local network; `127.0.0.1` where it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def ensure(folder: Path, *, address: str, now: datetime) -> ServerCertificate:
    """Make what is missing, out of date or for another address; give the files."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = ServerCertificate(
        chain=folder / "server.pem", key=folder / "server-key.pem", authority=folder / "authority.pem"
    )
    authority_key = folder / "authority-key.pem"
    if not (_lasts(files.authority, now) and authority_key.exists()):
        _make_authority(files.authority, authority_key, now)
        files.chain.unlink(missing_ok=True)
    if not (_lasts(files.chain, now) and files.key.exists() and address in _addresses(files.chain)):
        _make_server(files, authority_key, address, now)
    return files


def _make_authority(certificate_file: Path, key_file: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Satchel demo, this room only")])
    certificate = (
        _builder(name, name, key.public_key(), now, lasting=_YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key), mode=0o600)
    _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _make_server(files: ServerCertificate, authority_key_file: Path, address: str, now: datetime) -> None:
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    authority_key = serialization.load_pem_private_key(authority_key_file.read_bytes(), password=None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the demo's authority key is not the one that this module made")
    key = ec.generate_private_key(ec.SECP256R1())
    loopback = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"), ipaddress.ip_address(address)}
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ip) for ip in sorted(loopback, key=str)]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Satchel demo")])
    certificate = (
        _builder(subject, authority.subject, key.public_key(), now, lasting=_YEAR - _MARGIN)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(files.key, _pem(key), mode=0o600)
    _write(files.chain, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, *, lasting: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + lasting)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, *, mode: int) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    partial.rename(path)


def _lasts(path: Path, now: datetime) -> bool:
    if not path.exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.not_valid_after_utc - _MARGIN > now.astimezone(UTC)


def _addresses(path: Path) -> set[str]:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
