"""Leaving, and arriving from elsewhere: a family's archive, packed, sealed, and read again (docs/archive-format.md).

packing   everything that a member may take along, in one file that a passphrase opens
opening   the file, opened without a wallet
history   what happened, in words that need no wallet
"""
