"""Files of the neutral format: found in a folder, and read in blocks."""
