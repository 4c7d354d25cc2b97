"""Feature functions that a plan brings along: the values of one row in, one value out.

`check` says what may stand in one, `guards` runs what has passed, `features` makes columns of a table with it.
"""
