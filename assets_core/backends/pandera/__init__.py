"""Schemas of Pandera, over pandas, Polars and Arrow."""

from assets_core.backends.pandera.validator import PanderaValidator

__all__ = ["PanderaValidator"]
