"""Two people for one act, where an organisation wants it: somebody asks, somebody else agrees.

What needs it, and the decision that is stored with the act, stand in ``issuer.service.second_person``.

acts      everything that can be asked for: what it needs, and how it is done
deciding  asking, listing, granting and refusing
"""
