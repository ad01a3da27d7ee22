"""Marks of a class from a sheet: seen first, old and new, and then written into the grid by the grid's own rules.

fields     what such a sheet may have
reading    from a row to a learner of the class and the cells of the grid
changes    what the sheet changes, old and new
imports    a sheet brought, looked at, put right, saved
"""
