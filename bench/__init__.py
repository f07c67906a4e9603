"""Measurements: ours side by side with other programs, on one machine, in one run."""
