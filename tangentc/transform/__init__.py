"""From trace to trace: derivatives, and one optimisation a file."""
