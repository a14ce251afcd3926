"""Import and export of data in the neutral format, adapters for other formats, and the generator of networks."""

from loaders.frames import from_frames

__all__ = ["from_frames"]
