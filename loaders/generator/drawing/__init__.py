"""The made-up pictures' parts, a module for each kind of thing drawn."""
