"""How good the ranking is: its twin in numpy, measures, and weights that are fitted to a network's own likes."""
