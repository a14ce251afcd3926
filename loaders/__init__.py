"""Bulk import: files in the neutral format become rows, rows become statements; and the generator of networks."""

from loaders.frames import from_frames

__all__ = ["from_frames"]
