"""What a mutation is: a mistake, as edits with their context, and the tests that must see it."""


class Edit:
    """`before` must stand in the file exactly once."""

    def __init__(self, path, before, after):
        self.path, self.before, self.after = path, before, after


class Mutation:
    """`reds`: "program Suite.test" for each test that must fail. Without any the worlds are asked, then all of sim_tests."""

    def __init__(self, name, what, *edits, reds=()):
        self.name, self.what, self.edits = name, what, edits
        self.reds = tuple(tuple(red.split(" ", 1)) for red in ([reds] if isinstance(reds, str) else reds))
