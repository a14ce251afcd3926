"""Evaluation on files: holds likes out, loads the rest into a temporary server, and measures its rankings."""
