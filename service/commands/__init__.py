"""The commands of the command line, but for the few that cli.py holds itself."""
