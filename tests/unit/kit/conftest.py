from tests.sample_role import ana, client, clock, make_role, make_settings, package, role, token

__all__ = ["ana", "client", "clock", "make_role", "make_settings", "package", "role", "token"]
