"""The embedded server: its process, its Java, its jars and its files."""
