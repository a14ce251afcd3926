"""Bulk import: files in the neutral format become rows, rows become statements; and the generator of networks."""
