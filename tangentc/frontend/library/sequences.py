# mypy: ignore-errors
"""Whatever can be indexed."""

__all__: list[str] = []


def entry(sequence, index):
    """The entry of whatever can be indexed, zip and enumerate included; the frontend knows what it means."""
    raise NotImplementedError


def length(sequence):
    """How many entries whatever can be indexed has; the frontend knows what it means."""
    raise NotImplementedError


def rising(entries):
    """The keys of a dict if a set of them is run over from the least to the greatest; the frontend refuses others."""
    raise NotImplementedError


def equally_long(a, b):
    if length(a) != length(b):
        raise ValueError("zip() arguments have different lengths")


def next_entry(sequence, start):
    if start >= length(sequence):
        raise StopIteration
    return entry(sequence, start)


def next_entry_or(sequence, start, default):
    return default if start >= length(sequence) else entry(sequence, start)
