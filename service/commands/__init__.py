"""The commands of the command line, except for those in cli.py."""
