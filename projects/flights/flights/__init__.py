"""Every flight that left New York in 2013: why some were late.

Read the modules in the order of the data: `sources`, `raw`, `staged`, `marts`. The rest
serves them: `reading`, `cleaning` and `measures` hold helpers and constants, `schemas`
says what a staged table must be like, and `checks` what must hold between tables.
"""
