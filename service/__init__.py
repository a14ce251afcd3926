"""The command line and the web service: they check input, call the engine, and present its answer."""
