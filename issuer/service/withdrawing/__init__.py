"""Withdrawing many awards together: they are chosen, what will happen is repeated with their number, and a job does it.

choosing  from what was asked for to which awards are meant
jobs      shown, started, watched, stopped
concluding  what belongs to a withdrawal besides the bits
steps     some awards at a time: the bits, the awards, their claims and the audit in one transaction
"""
