"""What comes of the permissions on a real nats-server; who may say and hear what is a table in tests/abuse."""

import os

import pytest
from ekkyo.installation.permissions import DURABLES, SERVICES, USERS, permissions, server_config


async def test_a_stranger_does_not_come_in(nats):
    nats.passwords["nobody"] = "x"
    with pytest.raises(Exception, match=r"(?i)authorization"):
        await nats.connect("nobody")


def test_no_durable_has_two_owners_and_each_is_named_after_its_service():
    names = [(service, name) for service in SERVICES for names in DURABLES[service].values() for name in names]
    assert len({name for _, name in names}) == len(names)
    assert all(name.startswith(f"{service}-") for service, name in names)


def test_a_password_can_be_left_to_the_servers_environment(tmp_path):
    text = server_config({user: f"$NATS_{user.upper()}" for user in USERS}, store_dir=tmp_path)
    assert "password: $NATS_EVENTS," in text
    quoted = server_config({"events": 'a"b'}, store_dir=tmp_path)
    assert 'password: "a\\"b",' in quoted


def test_what_is_acknowledged_survives_a_power_failure(tmp_path):
    """By default nats-server writes to the disk every two minutes."""
    assert "sync_interval: always" in server_config({}, store_dir=tmp_path)


def test_nobody_may_use_everything():
    for user in USERS:
        may = permissions(user)
        assert ">" not in may.publish + may.subscribe
        assert "ekkyo.>" not in may.publish + may.subscribe


async def test_the_file_with_the_passwords_is_its_owners_alone(nats):
    assert os.stat(nats.folder / "nats.conf").st_mode & 0o077 == 0
