"""Where data lives: formats × stores × one commit rule.

The core never names this package: it finds what is here through the entry-point group
`assets_core.io_managers`, as it finds what strangers wrote.
"""
