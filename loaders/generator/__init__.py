"""Made-up photo networks of any size, in the shape of a real one."""

from loaders.generator.network import Summary, generate

__all__ = ["Summary", "generate"]
