"""A module inside it."""

DEPTH = 2 + 3


def inner(x):
    return x - DEPTH
