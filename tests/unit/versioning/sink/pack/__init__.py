"""A package."""

from .deep import DEPTH

__all__ = ["exported"]


def exported(x):
    return x * DEPTH
