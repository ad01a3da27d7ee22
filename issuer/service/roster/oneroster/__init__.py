"""A school's roster as its own system exports it: OneRoster 1.1 as CSV, in one ZIP file.

files       which files there are, what is read of each, and what never is
reading     from the ZIP file to rows: the manifest first, every refusal in words
assembling  rows put together: learners, classes, enrolments, and teachers to invite
keys        what the school's system calls somebody, as keyed hashes
planning    what the whole would do to learners, classes and enrolments
missing     who is on the roster and no longer in a file that claims to be whole
imports     brought, looked at, answered, taken over in one step or not at all

Spec: IMS OneRoster 1.1 CSV Tables (2017).
"""
