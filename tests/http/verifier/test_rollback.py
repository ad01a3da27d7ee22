"""An older status list than one that was seen before changes no verdict for the better (attack H9)."""

from datetime import timedelta


def test_H9_yesterdays_list_does_not_undo_a_withdrawal(world, judge, client, clock):
    provider = world.provider()
    badge = provider.badge(index=3)
    provider.revoked.add(3)
    found = judge(badge)
    assert found["verdict"] == "withdrawn"
    provider.revoked.clear()
    provider.list_from -= timedelta(days=1)
    clock.advance(timedelta(hours=2))
    again = client.post(f"/api/verdicts/{found['id']}/check-again").json()
    assert again["verdict"] == "withdrawn"
    assert again["rolledBack"] == [provider.list_url()]


def test_H9_without_the_guard_yesterdays_list_undoes_a_withdrawal(world, judge, client, clock, monkeypatch):
    provider = world.provider()
    provider.revoked.add(3)
    found = judge(provider.badge(index=3))
    provider.revoked.clear()
    provider.list_from -= timedelta(days=1)
    clock.advance(timedelta(hours=2))
    monkeypatch.setattr("verifier.store.newest_list", lambda session, url: None)
    again = client.post(f"/api/verdicts/{found['id']}/check-again").json()
    assert again["verdict"] != "withdrawn"
