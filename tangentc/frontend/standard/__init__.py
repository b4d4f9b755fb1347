"""What Python's own library means: builtins, `itertools`, `functools`, `operator`, `copy`."""
