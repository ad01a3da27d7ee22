"""Two people for one act, where an organisation wants it: somebody asks, somebody else agrees.

asking    what needs it, and the decision that is stored in the transaction of the act it allows
acts      everything that can be asked for: what it needs, and how it is done
deciding  asking, listing, granting and refusing
"""
