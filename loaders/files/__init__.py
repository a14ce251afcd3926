"""Readers of files in the neutral format, which they read in blocks."""
