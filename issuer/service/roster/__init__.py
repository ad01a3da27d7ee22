"""The roster: learners, how they come in from sheets, and how they are erased.

values     a learner as typed and as kept
ages       whether an award is a child's, as far as the roster knows
learners   added, found, edited
erasing    erased for good, while what was signed for them can still be checked and withdrawn
fields     what a roster sheet may have, and what its words mean
lines      from one row of a sheet to a learner, with every problem in words
matching   whether a row is somebody who is here already: never by name alone
planning   what a whole sheet would do
grid       the marks of a class, and what may stand in a cell
classes    enrolling, marking, who teaches, awarding a class
imports    a sheet brought, looked at, answered, taken over
writing    what a plan says, written
marks      marks of a class from a sheet
oneroster  the same for the export of a school's own system
"""
