#!/usr/bin/env python3
"""Leaves a test out on purpose: compiled_tests.py must notice."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # the source tree stays as it is

import compiled_tests


class CompiledTests(unittest.TestCase):
    def missing(self, *compiled):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            (root / "tests/unit/base").mkdir(parents=True)
            for file in ("a_test.cpp", "b_test.cpp", "support.hpp", "print_main.cpp"):
                (root / "tests/unit/base" / file).touch()
            return compiled_tests.not_compiled(root, [{"directory": f"{root}/tests", "file": file} for file in compiled])

    def test_each_that_is_compiled_is_fine(self):
        self.assertEqual([], self.missing("unit/base/a_test.cpp", "../tests/unit/base/b_test.cpp"))

    def test_one_that_is_left_out_is_named(self):
        self.assertEqual(["tests/unit/base/b_test.cpp"], self.missing("unit/base/a_test.cpp"))

    def test_another_of_the_same_name_does_not_stand_for_it(self):
        self.assertEqual(["tests/unit/base/b_test.cpp"], self.missing("unit/base/a_test.cpp", "unit/wire/b_test.cpp"))


if __name__ == "__main__":
    unittest.main()
