"""The command line and the web service: they check input, ask the engine, and show its answer."""
