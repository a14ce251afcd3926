"""Import into a stopped server: rows are checked and joined in DuckDB, and written by neo4j-admin."""
