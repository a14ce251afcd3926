"""The neutral format: its files, their columns, and what a cell may hold."""
