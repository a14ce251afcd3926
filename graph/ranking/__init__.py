"""Ranking: candidates are retrieved, scored, mixed into a slate, and explained."""
