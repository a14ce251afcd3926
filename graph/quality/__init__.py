"""How good feeds are, measured on likes that were held out. Needs the numerical libraries; nobody below reads it."""
