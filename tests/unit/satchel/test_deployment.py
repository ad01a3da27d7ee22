"""The environment that a role is started with, and where it is asked whether it is ready."""

import pytest

from satchel.cli.serve import refuse_unready
from satchel.console import CommandError
from satchel.deployment import ROLES, Deployment, without_roles
from satchel.installation import create_missing_keys, role_spec

PUBLIC = {f"SATCHEL_{role.upper()}_PUBLIC_URL": f"https://{role}.school.example" for role in ROLES}


def test_addresses_are_made_up_for_this_machine_only(tmp_path):
    there = Deployment(data_dir=tmp_path).environment("issuer", inherited=PUBLIC)
    assert "SATCHEL_ISSUER_IDENTIFIER_URL" not in there, "it follows the public address"
    assert there["SATCHEL_ISSUER_PUBLIC_URL"] == "https://issuer.school.example"
    assert there["SATCHEL_ISSUER_WALLET_URL"] == "https://wallet.school.example"
    assert not [name for name, value in there.items() if "localhost" in value and name.endswith("_URL")]
    here = Deployment(data_dir=tmp_path, loopback=True).environment("issuer", inherited={})
    assert here["SATCHEL_ISSUER_IDENTIFIER_URL"] == here["SATCHEL_ISSUER_PUBLIC_URL"] == "http://localhost:8001"


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "http://127.0.0.1:8001/readyz"),
        ({"HOST": "0.0.0.0", "PORT": "9000"}, "http://127.0.0.1:9000/readyz"),
        ({"HOST": "::"}, "http://[::1]:8001/readyz"),
        ({"HOST": "10.1.2.3"}, "http://10.1.2.3:8001/readyz"),
        ({"TLS_CERT": "/etc/ssl/issuer.pem"}, "https://127.0.0.1:8001/readyz"),
    ],
)
def test_a_role_is_asked_where_it_listens_under_the_name_it_has(tmp_path, settings, url):
    environment = PUBLIC | {f"SATCHEL_ISSUER_{name}": value for name, value in settings.items()}
    spec = role_spec(Deployment(data_dir=tmp_path), "issuer", environment=environment)
    assert (spec.ready_url, spec.ready_host) == (url, "issuer.school.example")


def test_the_demo_leaves_the_settings_of_an_installation_alone():
    kept, dropped = without_roles(PUBLIC | {"SATCHEL_ISSUER_DATABASE_URL": "postgresql+psycopg://x", "PATH": "/bin"})
    assert kept == {"PATH": "/bin"}
    assert "SATCHEL_ISSUER_DATABASE_URL" in dropped


def test_the_demos_folder_is_served_by_the_demo_only(tmp_path):
    (tmp_path / "demo.json").write_text("{}")
    with pytest.raises(CommandError, match="everybody knows"):
        refuse_unready(Deployment(data_dir=tmp_path), ["issuer"], loopback=True)


def test_the_issuer_starts_without_its_key_once_it_has_been_running(tmp_path, monkeypatch):
    for name, value in PUBLIC.items():
        monkeypatch.setenv(name, value)
    deployment = Deployment(data_dir=tmp_path)
    with pytest.raises(CommandError, match="satchel init"):
        refuse_unready(deployment, ["issuer"], loopback=False)
    for role in ("issuer", "wallet"):
        deployment.role_dir(role).mkdir()
        deployment.database(role).touch()
    assert refuse_unready(deployment, ["issuer"], loopback=False) == ["issuer"]
    with pytest.raises(CommandError, match="wallet has no key file"):
        refuse_unready(deployment, ["issuer", "wallet"], loopback=False)
    spec = role_spec(deployment, "issuer", environment=PUBLIC, keyless=True)
    assert spec.ready_url.endswith("/healthz"), "without its key it never is ready"
    for role in ("issuer", "wallet"):
        deployment.database(role).unlink()
    create_missing_keys(deployment, ["issuer", "wallet"], environment={})
    assert refuse_unready(deployment, ["issuer", "wallet"], loopback=False) == []
