# mypy: ignore-errors
"""Sets, as objects that hold a dict: what they contain decides what runs, and no derivative flows through it."""

from tangentc.frontend.library.sequences import rising

__all__: list[str] = []


class Set:
    def __init__(self, items):
        self.entries = {}
        for item in items:
            self.entries[item] = None

    def __contains__(self, item):
        return item in self.entries

    def __len__(self):
        return len(self.entries)

    def __iter__(self):
        yield from rising(self.entries)

    def add(self, item):
        self.entries[item] = None

    def remove(self, item):
        del self.entries[item]

    def discard(self, item):
        if item in self.entries:
            del self.entries[item]

    def clear(self):
        self.entries.clear()

    def copy(self):
        return Set(self.entries)

    def update(self, *others):
        for other in others:
            for item in members(other):
                self.entries[item] = None

    def difference_update(self, *others):
        for other in others:
            for item in members(other):
                self.discard(item)

    def intersection_update(self, *others):
        for other in others:
            for item in list(self.entries):
                if item not in other:
                    del self.entries[item]

    def symmetric_difference_update(self, other):
        for item in members(other):
            if item in self.entries:
                del self.entries[item]
            else:
                self.entries[item] = None

    def union(self, *others):
        result = Set(self.entries)
        result.update(*others)
        return result

    def difference(self, *others):
        result = Set(self.entries)
        result.difference_update(*others)
        return result

    def intersection(self, *others):
        result = Set(self.entries)
        result.intersection_update(*others)
        return result

    def symmetric_difference(self, other):
        result = Set(self.entries)
        result.symmetric_difference_update(other)
        return result

    def issubset(self, other):
        return all(item in other for item in list(self.entries))

    def issuperset(self, other):
        return all(item in self.entries for item in members(other))

    def isdisjoint(self, other):
        return all(item not in self.entries for item in members(other))

    def __or__(self, other):
        return self.union(other)

    def __and__(self, other):
        return self.intersection(other)

    def __sub__(self, other):
        return self.difference(other)

    def __xor__(self, other):
        return self.symmetric_difference(other)

    def __ior__(self, other):
        self.update(other)
        return self

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def __le__(self, other):
        return self.issubset(other)

    def __lt__(self, other):
        return len(self) < len(other) and self.issubset(other)

    def __ge__(self, other):
        return self.issuperset(other)

    def __gt__(self, other):
        return len(self) > len(other) and self.issuperset(other)

    def __eq__(self, other):
        return len(self) == len(other) and self.issubset(other)

    def __ne__(self, other):
        return not self == other


Set.__name__ = "set"  # in messages


def entries_of(items):
    return list(items.entries)


def members(items):
    """Whatever `items` holds, a set or anything else, in any order; the frontend knows what it means."""
    raise NotImplementedError
