"""Composition: the `satchel` command, the supervisor of the four roles, the demo and its start page, backup and
restore.

Nothing here decides about a credential; the roles and the core do. This package starts them, speaks with them over
HTTP as any other client would, and keeps their data directories.
"""
