"""Quality of the ranking: evaluation, tuning, off-policy estimates, results of experiments, and a twin in numpy."""
