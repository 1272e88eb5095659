"""Measurements beside named rivals, printed as ratios. Each module has a `main` and can be run alone."""
