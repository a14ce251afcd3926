"""Vectors of pictures: reads pictures from a folder or from their addresses, encodes and stores them."""
