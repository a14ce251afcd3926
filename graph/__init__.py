"""The engine: settings, the door to Neo4j, the embedded server, ranking and its explanation."""
