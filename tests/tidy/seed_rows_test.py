#!/usr/bin/env python3
"""Breaks small trees on purpose: seed_rows.py must notice."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # the source tree stays as it is

import seed_rows

TABLE = "# tests\n\n## The seed's rows\n\n| row | shown by |\n|---|---|\n"


class SeedRows(unittest.TestCase):
    def problems(self, rows):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            for folder in ("tests/unit", "tests/integration", "bench"):
                (root / folder).mkdir(parents=True)
            (root / "tests/unit/a_test.cpp").write_text("TEST(Ring, turns) {}\nRC_GTEST_PROP(Laws,\n    hold, (int a)) {}\n")
            (root / "tests/integration/test_a.py").write_text("def test_joins():\n    pass\n")
            (root / "bench/a.cpp").write_text("BENCHMARK(bench_a)->Arg(1);\n")
            (root / "tests/README.md").write_text(TABLE + rows)
            return seed_rows.check(root)[0]

    def test_each_way_to_name_a_test_is_understood(self):
        self.assertEqual([], self.problems(
            "| one | `Ring.turns`, `Laws.hold` |\n| two | `test_a.py::test_joins` |\n| three | `bench_a` |\n"
            "| four | `tests/unit/a_test.cpp:turns` |\n"))

    def test_a_test_that_does_not_exist_is_named(self):
        for name in ("Ring.turn", "test_a.py::test_join", "bench_b", "tests/unit/a_test.cpp:turn", "tests/unit/b.cpp:turns"):
            found = self.problems(f"| one | `{name}` |\n")
            self.assertEqual([f"tests/README.md:7: one: no test {name}"], found)

    def test_one_of_several_is_enough_to_complain(self):
        self.assertEqual(1, len(self.problems("| one | `Ring.turns`, `Ring.gone` |\n")))

    def test_a_row_names_a_test_or_says_that_it_is_left(self):
        self.assertEqual(1, len(self.problems("| one | is fine |\n")))
        self.assertEqual([], self.problems("| one | next issue |\n"))

    def test_no_rows_at_all_is_a_mistake(self):
        self.assertEqual(1, len(self.problems("")))


if __name__ == "__main__":
    unittest.main()
