"""Awards from a sheet: what somebody dropped is looked at, corrected in place, and awarded by a job.

fields        what a sheet of awards may have, and which column has it
reading       from one line to an award, with every problem in words
fingerprints  who earned what, and when, without telling it: so that nobody is awarded twice
judging       what the lines of a sheet are: good, with a problem, awarded before
class_sheets  a sheet made of the marks of a class
sheets        what the desk does with a sheet
"""
