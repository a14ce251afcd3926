"""The embedded Neo4j server: its process, Java, jars and files."""
