"""Shared effects: everything that touches a clock, a disk, a database or the network, each a short module.

What belongs here is what two roles need and no specification describes. What does not: decisions about documents
(`vc`), and anything only one role needs. There is no module for odds and ends.
"""
