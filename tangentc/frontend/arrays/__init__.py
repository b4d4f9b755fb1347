"""What NumPy's functions mean where they are more than an operation of the trace.

What they do with arrays of known rank is indexing, `np.where`, `np.concatenate` and loops, whose derivatives are
known; so views stay views, and a function of the user is looked into.
"""
