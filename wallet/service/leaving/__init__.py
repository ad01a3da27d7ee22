"""Leaving, and arriving from elsewhere: a family's archive, packed, sealed, and read again (docs/archive-format.md).

packing   everything that a member may take along, in one file that a passphrase opens
contents  what is inside, under bounds (pure)
learners  whose awards those are here
awards    one award on arrival
restoring taking an archive in, step by step
opening   the file, opened without a wallet
history   what happened, in words that need no wallet
"""
