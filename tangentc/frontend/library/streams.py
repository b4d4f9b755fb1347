# mypy: ignore-errors
# ruff: noqa: F821, F841, SIM113
"""What runs along an iterable and yields another."""

from tangentc.frontend.library.sequences import entry, length

__all__: list[str] = []


def enumerated(iterable, start):
    i = start
    for value in iterable:
        yield i, value
        i += 1


def zipped(before, iterable, after):
    """`zip` takes from `before` first, so that nothing more is taken from the others where it is exhausted."""
    i = 0
    if before is not None and i >= length(before):
        return
    for value in iterable:
        if after is not None and i >= length(after):
            return
        if before is None:
            yield value, *entry(after, i)
        elif after is None:
            yield *entry(before, i), value
        else:
            yield *entry(before, i), value, *entry(after, i)
        i += 1
        if before is not None and i >= length(before):
            return


def zipped_endless(iterable, others):
    i = 0
    for value in iterable:
        yield value, *entry(others, i)
        i += 1


def first(iterable):
    for value in iterable:
        return value
    raise StopIteration


def first_or(iterable, default):
    for value in iterable:
        return value
    return default


def iterated(sequence, start):
    for i in range(start, length(sequence)):
        yield entry(sequence, i)


def growing(sequence, start):
    """`iterated` of a list whose length changes meanwhile."""
    i = start
    while i < length(sequence):
        yield entry(sequence, i)
        i += 1


def growing_reversed(sequence):
    i = length(sequence) - 1
    while 0 <= i < length(sequence):
        yield entry(sequence, i)
        i -= 1


def called_until(function, sentinel):
    while True:
        value = function()
        if value == sentinel:
            return
        yield value


def mapped(function, rows):
    for row in rows:
        yield function(*row)


def mapped_one(function, iterable):
    for value in iterable:
        yield function(value)


def filtered(function, iterable):
    for value in iterable:
        if function(value):
            yield value


def filtered_true(iterable):
    for value in iterable:
        if value:
            yield value


def filtered_false(function, iterable):
    for value in iterable:
        if not function(value):
            yield value


def accumulated(iterable, function, initial):
    total = initial
    yield total
    for value in iterable:
        total = function(total, value)
        yield total


def accumulated_from_first(sequence, function):
    if length(sequence) == 0:
        return
    total = entry(sequence, 0)
    yield total
    for i in range(1, length(sequence)):
        total = function(total, entry(sequence, i))
        yield total


def accumulated_as_they_come(iterable, function):
    found = False
    for value in iterable:
        total = function(total, value) if found else value
        found = True
        yield total


def chained(iterables):
    for iterable in iterables:
        yield from iterable


def pairs(sequence):
    for i in range(length(sequence) - 1):
        yield entry(sequence, i), entry(sequence, i + 1)


def pairs_of_numbers(sequence):
    """`pairs` of a sequence whose entries are read once, and may be written afterwards."""
    if length(sequence) > 0:
        previous = entry(sequence, 0)
        for i in range(1, length(sequence)):
            value = entry(sequence, i)
            yield previous, value
            previous = value


def pairs_of_growing(sequence):
    if length(sequence) > 0:
        previous = entry(sequence, 0)
        i = 1
        while i < length(sequence):
            value = entry(sequence, i)
            yield previous, value
            previous = value
            i += 1


def pairs_as_they_come(iterable):
    found = False
    for value in iterable:
        if found:
            yield previous, value
        previous, found = value, True


def sliced(sequence, start, stop, step):
    end = length(sequence) if stop is None else min(stop, length(sequence))
    for i in range(start, end, step):
        yield entry(sequence, i)


def sliced_as_they_come(iterable, start, stop, step):
    if stop is not None and stop <= 0:
        return
    i = 0
    for value in iterable:
        if i >= start and (i - start) % step == 0:
            yield value
        i += 1
        if stop is not None and i >= stop:
            return


def taken_while(function, iterable):
    for value in iterable:
        if not function(value):
            return
        yield value


def dropped_while(function, iterable):
    dropping = True
    for value in iterable:
        if dropping:
            dropping = bool(function(value))
        if not dropping:
            yield value


def compressed(pairs):
    for value, is_chosen in pairs:
        if is_chosen:
            yield value


def products(pools):
    if not pools:
        yield ()
    else:
        for value in pools[0]:
            for rest in products(pools[1:]):
                yield value, *rest


def combinations(sequence, count, start):
    if count == 0:
        yield ()
    else:
        for i in range(start, length(sequence)):
            for rest in combinations(sequence, count - 1, i + 1):
                yield entry(sequence, i), *rest


def combinations_with_replacement(sequence, count, start):
    if count == 0:
        yield ()
    else:
        for i in range(start, length(sequence)):
            for rest in combinations_with_replacement(sequence, count - 1, i):
                yield entry(sequence, i), *rest


def counted_up(start, step):
    value = start
    while True:
        yield value
        value += step


def cycled(sequence):
    while length(sequence) > 0:
        yield from sequence


def repeated(value, times):
    for _ in range(times):
        yield value


def repeated_forever(value):
    while True:
        yield value
