"""Every flight that left New York in 2013: why some were late.

Read the modules in the order of the data: `sources`, `raw`, `staged`, `days`, `delays`,
`marts`. The rest serves them: `reading`, `cleaning`, `periods` and `measures` hold helpers
and constants, `schemas` says what a table must be like, and `checks` what must hold between
tables.
"""
