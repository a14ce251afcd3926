"""How good feeds are, and how to make them better: hold-outs, the fit of weights, tuning."""
