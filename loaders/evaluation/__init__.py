"""Evaluation on files: holds likes out, loads the rest into a server of its own, and measures what that serves."""
