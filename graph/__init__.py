"""The engine: settings, the Bolt client, the embedded server, background builds, retrieval, ranking and reasons."""
