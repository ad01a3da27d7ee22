import os
import subprocess
import sys

import pytest

from kit.vault import DataKey, Vault, VaultError, create_key_file, read_key_file

CONTEXT = b"learner/1/name"


@pytest.fixture
def vault():
    return Vault(b"k" * 32)


@pytest.mark.parametrize("plaintext", [b"", b"x", b"\x00" * 1000, "Zoë".encode()])
def test_what_is_sealed_opens_again(vault, plaintext):
    sealed = vault.seal(plaintext, context=CONTEXT)
    assert vault.open(sealed, context=CONTEXT) == plaintext
    assert len(plaintext) < 4 or plaintext not in sealed


def test_k2_a_value_moved_to_another_row_does_not_open(vault):
    sealed = vault.seal(b"Ada", context=b"learner/1/name")
    for elsewhere in (b"learner/2/name", b"learner/1/birth", b""):
        with pytest.raises(VaultError, match="another row"):
            vault.open(sealed, context=elsewhere)


def test_a_changed_byte_anywhere_does_not_open(vault):
    sealed = vault.seal(b"Ada", context=CONTEXT)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(VaultError):
            vault.open(bytes(changed), context=CONTEXT)


def test_a_cut_value_does_not_open(vault):
    sealed = vault.seal(b"Ada", context=CONTEXT)
    for length in range(len(sealed)):
        with pytest.raises(VaultError):
            vault.open(sealed[:length], context=CONTEXT)


def test_k3_no_two_seals_are_alike(vault):
    assert len({vault.seal(b"Ada", context=CONTEXT) for _number in range(10_000)}) == 10_000


def test_a_data_key_is_wrapped_for_its_owner_only(vault):
    key, wrapped = vault.new_data_key(context=b"learner/1")
    sealed = key.seal(b"Ada", context=CONTEXT)
    assert vault.unwrap(wrapped, context=b"learner/1").open(sealed, context=CONTEXT) == b"Ada"
    with pytest.raises(VaultError):
        vault.unwrap(wrapped, context=b"learner/2")
    with pytest.raises(VaultError):
        vault.open(wrapped, context=b"learner/1")


def test_derived_secrets_differ_by_label_and_by_key(vault):
    derived = {vault.derive("web"), vault.derive("logins"), Vault(b"q" * 32).derive("web"), b"k" * 32}
    assert len(derived) == 4
    assert all(len(secret) == 32 for secret in derived)


def test_a_key_does_not_show_itself(vault):
    key = DataKey(b"secretsecretsecretsecretsecret!!")
    assert "secret" not in repr(key)
    assert not hasattr(key, "__dict__")


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "keys" / "kek"
    create_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(read_key_file(path)) == 32
    with pytest.raises(FileExistsError):
        create_key_file(path)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o700])
def test_k5_a_key_that_others_can_read_is_refused(tmp_path, mode):
    path = tmp_path / "kek"
    create_key_file(path)
    path.chmod(mode)
    with pytest.raises(VaultError, match="chmod 600"):
        read_key_file(path)


@pytest.mark.parametrize("text", ["", "00" * 31, "00" * 33, "zz" * 32, "0" * 64 + "x"])
def test_k5_a_damaged_key_is_refused(tmp_path, text):
    path = tmp_path / "kek"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(VaultError, match="64 hexadecimal digits"):
        read_key_file(path)


def test_k5_a_missing_key_is_never_replaced(tmp_path, make_settings):
    settings = make_settings(key_file=tmp_path / "kek")
    with pytest.raises(VaultError, match="do not make a new one"):
        Vault.from_settings(settings)
    assert not (tmp_path / "kek").exists()
    with pytest.raises(VaultError, match="no key is set"):
        Vault.from_settings(make_settings())


def test_a_key_reached_through_a_link_is_refused(tmp_path):
    create_key_file(tmp_path / "kek")
    (tmp_path / "link").symlink_to(tmp_path / "kek")
    with pytest.raises(VaultError, match="cannot be opened"):
        read_key_file(tmp_path / "link")


def test_settings_give_the_key_and_the_retired_ones(tmp_path, make_settings):
    create_key_file(tmp_path / "old")
    old = Vault.from_settings(make_settings(key_file=tmp_path / "old"))
    sealed = old.seal(b"Ada", context=CONTEXT)
    settings = make_settings(key_hex="ab" * 32, retired_key_files=str(tmp_path / "old"))
    assert Vault.from_settings(settings).open(sealed, context=CONTEXT) == b"Ada"
    assert "ab" * 32 not in repr(settings)


def test_k7_a_server_leaves_no_core_dump(tmp_path):
    code = (
        "import resource, kit.server, uvicorn; uvicorn.Server.run = lambda self: None\n"
        "from kit.settings import RoleSettings\n"
        "settings = RoleSettings(database_url='x', data_dir='.', public_url='http://localhost:1', port=1, loopback=True)\n"
        "kit.server.run(lambda: None, settings, role='x')\n"
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": "."})
