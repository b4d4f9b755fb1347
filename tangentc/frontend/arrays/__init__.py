"""What NumPy's functions mean where they are more than an operation of the trace."""
