#!/usr/bin/env python3
"""Self-tests of the house rules: small broken trees, each caught by its rule at its line, and clean ones that pass."""

import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

sys.dont_write_bytecode = True

import house
import house_rules

HERE = pathlib.Path(__file__).resolve().parent
READMES = {f"{folder}/README.md": "Text.\n" for folder in ("core",) + house.ROOMS}


def header(body=""):
    return "#pragma once\n" + textwrap.dedent(body)


class HouseRules(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self._folder.name)
        self.write(READMES)

    def tearDown(self):
        self._folder.cleanup()

    def write(self, files):
        for path, text in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def found(self, files):
        """(path:line, rule) of each violation of a tree with these files."""
        self.write(files)
        _, violations = house_rules.violations(self.root)
        return [(f"{path}:{line}", rule) for path, line, rule, _ in violations]

    def assert_found(self, files, *expected):
        self.assertEqual(sorted(self.found(files)), sorted(expected))


class Includes(HouseRules):
    def test_the_arrow_goes_one_way(self):
        files = {"core/base/a.hpp": header(), "core/engine/e.hpp": header(),
                 "core/runtime/r.hpp": header(), "core/sim/s.hpp": header(), "server/x.hpp": header()}
        self.write(files)
        wrong = [("core/base/bad.cpp", "core/engine/e.hpp"), ("core/wire/bad.cpp", "core/engine/e.hpp"),
                 ("core/crypto/bad.cpp", "core/engine/e.hpp"), ("core/engine/bad.cpp", "core/runtime/r.hpp"),
                 ("core/engine/bad2.cpp", "core/sim/s.hpp"), ("core/runtime/bad.cpp", "server/x.hpp"),
                 ("core/runtime/bad2.cpp", "core/sim/s.hpp"), ("core/sim/bad.cpp", "core/runtime/r.hpp"),
                 ("server/bad.cpp", "core/sim/s.hpp"), ("cli/bad.cpp", "server/x.hpp")]
        self.assert_found({path: f'// why\n#include "{included}"\n' for path, included in wrong},
                          *[(f"{path}:2", "include-direction") for path, _ in wrong])

    def test_the_arrow_may_be_followed(self):
        rooms = house.MAY_INCLUDE
        self.write({f"{room}/it.hpp": header() for room in rooms})
        self.assert_found({f"{room}/user.cpp": "".join(f'#include "{target}/it.hpp"\n'
                                                       for target in allowed + (room,))
                           for room, allowed in rooms.items()})

    def test_no_room_includes_tests(self):
        self.assert_found({"tests/README.md": "Text.\n", "tests/support/t.hpp": header(),
                           "server/bad.cpp": '#include "tests/support/t.hpp"\n'},
                          ("server/bad.cpp:1", "include-direction"))

    def test_a_room_that_nobody_declared_is_found(self):
        self.assert_found({"core/attic/README.md": "Text.\n", "core/attic/a.cpp": "#include <vector>\n"},
                          ("core/attic/a.cpp:1", "include-direction"))

    def test_quoted_includes_are_paths_from_the_root_that_exist(self):
        self.assert_found({"core/base/a.hpp": header(),
                           "core/base/a.cpp": '#include "a.hpp"\n#include "../base/a.hpp"\n'
                                              '#include "core/base/gone.hpp"\n#include "core/base/a.hpp"\n',
                           "server/s.cpp": '#include "swim/v1/membership.grpc.pb.h"\n'},
                          ("core/base/a.cpp:1", "include-root"), ("core/base/a.cpp:2", "include-root"),
                          ("core/base/a.cpp:3", "include-root"))

    def test_the_rooms_without_io_include_none(self):
        headers = ["boost/asio.hpp", "boost/asio/ip/udp.hpp", "grpcpp/grpcpp.h", "grpc/grpc.h",
                   "google/protobuf/message.h", "spdlog/spdlog.h", "thread", "mutex", "shared_mutex",
                   "condition_variable", "future", "random", "iostream", "fstream", "sys/socket.h",
                   "ctime", "openssl/evp.h", "cassert"]
        text = "".join(f"#include <{name}>\n" for name in headers)
        for room in ("core/base", "core/wire", "core/engine"):
            path = f"{room}/bad.cpp"
            with self.subTest(room):
                self.assert_found({path: text}, *[(f"{path}:{i + 1}", "banned-include")
                                                  for i in range(len(headers))])
            (self.root / path).unlink()

    def test_openssl_lives_in_crypto_alone(self):
        text = "#include <openssl/evp.h>\n"
        self.assert_found({f"{room}/a.cpp": text for room in house.ROOMS},
                          *[(f"{room}/a.cpp:1", "banned-include") for room in house.ROOMS
                            if room != "core/crypto"])

    def test_the_runtime_knows_no_grpc(self):
        self.assert_found({"core/runtime/a.cpp": "#include <boost/asio.hpp>\n#include <thread>\n"
                                                 "#include <grpcpp/server.h>\n",
                           "core/runtime/b.cpp": '#include "swim/v1/membership.pb.h"\n'},
                          ("core/runtime/a.cpp:3", "banned-include"),
                          ("core/runtime/b.cpp:1", "banned-include"))

    def test_the_server_never_touches_the_engine(self):
        self.assert_found({"core/engine/engine.hpp": header(), "core/engine/snapshot.hpp": header(),
                           "server/a.cpp": '#include "core/engine/snapshot.hpp"\n'
                                           '#include "core/engine/engine.hpp"\n'},
                          ("server/a.cpp:2", "banned-include"))

    def test_only_a_simulated_world_may_do_without_encryption(self):
        text = '#include "core/crypto/plain_key.hpp"\n'
        files = {f"{room}/a.cpp": text for room in house.ROOMS}
        self.assert_found({"core/crypto/plain_key.hpp": header(), **files},
                          *[(f"{room}/a.cpp:1", "banned-include") for room in house.ROOMS
                            if room not in ("core/crypto", "core/sim")],
                          ("core/base/a.cpp:1", "include-direction"),
                          ("core/wire/a.cpp:1", "include-direction"))

    def test_the_buffer_pool_may_lock_and_nothing_else_below_the_runtime(self):
        lock = "#include <mutex>\n#include <condition_variable>\nstd::mutex m;\n"
        self.assert_found({"core/base/buffer_pool.hpp": header(lock),
                           "core/base/ring.hpp": header("#include <mutex>\n"),
                           "core/runtime/a.cpp": '#include "core/base/buffer_pool.hpp"\n',
                           "core/engine/a.cpp": '#include "core/base/buffer_pool.hpp"\n'},
                          ("core/base/ring.hpp:2", "banned-include"),
                          ("core/engine/a.cpp:1", "banned-include"))

    def test_an_exception_that_nobody_needs_is_found(self):
        self.assert_found({"core/base/buffer_pool.hpp": header("#include <mutex>\nstd::mutex m;\n")},
                          ("core/base/buffer_pool.hpp:0", "stale-exception"))

    def test_what_is_commented_out_or_quoted_is_no_include(self):
        self.assert_found({"core/base/a.cpp": '// #include <mutex>\n/*\n#include <mutex>\n*/\n'
                                              'auto text = R"(\n#include_next <mutex>\n)";\n'})

    def test_names_of_clocks_threads_and_libraries_random_are_found(self):
        lines = ["auto a = std::chrono::steady_clock::now();", "auto b = std::time(nullptr);",
                 "std::mt19937 c;", "std::thread d;", "clock_gettime(0, nullptr);", "std::random_device e;",
                 "std::cerr << 1;"]
        self.assert_found({"core/base/a.cpp": "\n".join(lines) + "\n"},
                          *[(f"core/base/a.cpp:{i + 1}", "banned-name") for i in range(len(lines))])

    def test_the_engine_does_not_throw(self):
        self.assert_found({"core/engine/a.cpp": "// never throws, may throw\nvoid f() { throw 1; }\n"},
                          ("core/engine/a.cpp:2", "banned-name"))

    def test_names_in_comments_strings_and_other_rooms_are_free(self):
        self.assert_found({"core/base/a.cpp": '// steady_clock\nauto t = "system_clock";\nint my_clock;\n',
                           "core/runtime/a.cpp": "auto a = std::chrono::steady_clock::now();\n"})


def lines(count, text="  x();"):
    return "\n".join([text] * count) + "\n"


class Lengths(HouseRules):
    def test_a_file_of_400_lines_is_the_longest(self):
        self.assert_found({"core/base/a.cpp": lines(400, "int x();"), "core/base/b.cpp": lines(401, "int x();"),
                           "tools.py": lines(401, "x = 1"), "dev": "#!/usr/bin/env bash\n" + lines(400, "true"),
                           "notes.md": lines(900, "x")},
                          ("core/base/b.cpp:401", "file-length"), ("tools.py:401", "file-length"),
                          ("dev:401", "file-length"))

    def test_a_function_of_70_lines_is_the_longest(self):
        self.assert_found({"core/base/a.cpp": "void ok() {\n" + lines(68) + "}\nvoid bad() {\n" + lines(69) + "}\n"},
                          ("core/base/a.cpp:71", "function-length"))

    def test_a_function_is_found_however_it_is_written(self):
        body = lines(70) + "}"
        heads = [
            "int f(int a,\n      int b) {\n%s\n",
            "namespace a::b {\nvoid f() {\n%s\n}\n",
            "struct S : T {\n  S& operator=(const S& o) {\n%s\n};\n",
            "class S final {\n public:\n  bool operator()(int a) const {\n%s\n};\n",
            "struct S {\n  bool operator==(const S&) const {\n%s\n};\n",
            "template <class T = int>\n  requires(sizeof(T) == 4)\nauto f(T t) -> decltype(t) {\n%s\n",
            "S::S(int a)\n    : a_{a},\n      b_(2) {\n%s\n",
            "TEST_F(Suite, case_name) {\n%s\n",
            "RC_GTEST_PROP(Suite, name, (int a)) {\n%s\n",
            "const auto f = [](int a) {\n%s;\n",
            "const auto f = [x = 1](int a) mutable -> int {\n%s;\n",
            'extern "C" int f(const char* a) {\n%s\n',
            "struct S f(struct S a) noexcept(true)\n{\n%s\n",
            "#if A\nint f(int a) {\n#else\nint f() {\n#endif\n%s\n",
            "const int table[] = {1, 2};\nvoid f() try {\n%s catch (...) {}\n",
            "enum class E { a, b };\nvoid f(E e = E{}) {\n%s\n",
            "MACRO(x)\nnamespace {\nvoid f() {\n%s\n}\n",
        ]
        for number, head in enumerate(heads):
            with self.subTest(head):
                path = f"core/base/case{number}.cpp"
                self.assertEqual([rule for where, rule in self.found({path: head % body})
                                  if where.startswith(path)], ["function-length"])

    def test_what_is_no_function_may_be_long(self):
        rows = lines(90, "  {1, 2},")
        for number, text in enumerate([
                "const int table[][2] = {\n" + rows + "};\n",
                "namespace a {\n" + lines(90, "void f();") + "}\n",
                "class A : public B<int> {\n" + lines(90, "  void f() { g(); }") + "};\n",
                "struct alignas(64) A {\n" + lines(90, "  int x;") + "};\n",
                "enum class A : int {\n" + lines(90, "  x,") + "};\n",
                "MACRO(a)\nnamespace b {\n" + lines(90, "void f();") + "}\n",
                "void f() { // {\n  g('{', \"{\", R\"({)\", 1'000);\n}\n" + lines(90, "int x;"),
                "#define M(x) do { \\\n x(); \\\n } while (0) {\n" + lines(90, "int x;")]):
            self.assert_found({f"core/base/case{number}.cpp": text})

    def test_python_and_shell_functions_count(self):
        long = "def f():\n" + lines(70, "    x = 1")
        self.assert_found({"a.py": "class A:\n" + textwrap.indent(long, "    "),
                           "dev": "#!/usr/bin/env bash\nf() {\n" + lines(70, "  true") + "}\n"},
                          ("a.py:2", "function-length"), ("dev:2", "function-length"))

    def test_python_that_cannot_be_read_is_said(self):
        self.assert_found({"a.py": "def f(:\n"}, ("a.py:1", "python-syntax"))


class Content(HouseRules):
    def test_a_header_begins_with_pragma_once(self):
        self.assert_found({"core/base/a.hpp": "// #pragma once\n#include <vector>\n",
                           "core/base/b.hpp": "// Comment.\n\n#pragma once\n#include <vector>\n",
                           "core/base/c.hpp": "// Nothing.\n"},
                          ("core/base/a.hpp:2", "pragma-once"), ("core/base/c.hpp:1", "pragma-once"))

    def test_white_space(self):
        self.assert_found({"a.md": "ok\nspace \n\ttab\n", "b.cpp": "int a;\r\n", "c.py": "x = 1",
                           "d.go": "\tx\n"},
                          ("a.md:2", "trailing-space"), ("a.md:3", "tab"), ("b.cpp:1", "line-end"),
                          ("c.py:1", "line-end"))

    def test_a_machine_path_is_found_and_a_product_path_is_not(self):
        paths = ["/" + folder + "/someone/x" for folder in ("home", "root", "work")]
        self.assert_found({"a.md": "\n".join(paths) + "\n", "b.yaml": f'path: "{paths[0]}"\n',
                           "c.md": "/run/swim/swim.sock, a/work/b, ${X}/work/c, /tmp/swim-1, --work\n"},
                          ("a.md:1", "machine-path"), ("a.md:2", "machine-path"),
                          ("a.md:3", "machine-path"), ("b.yaml:1", "machine-path"))

    def test_what_was_left_open_is_found(self):
        self.assert_found({"a.cpp": "// TO" "DO: later\n"}, ("a.cpp:1", "left-open"))

    def test_binary_files_and_corpora_are_left_alone(self):
        self.assert_found({"x.cpp": b"\0\t \n", "y.hpp": b"\xff\xfe \n",
                           "tests/README.md": "Text.\n", "tests/fuzz/corpus/seed": "\t /" + "home/x \n"})


class Folders(HouseRules):
    def test_each_folder_of_the_house_has_a_readme(self):
        self.assert_found({"bench/b.cpp": "int x;\n", "core/extra/a.md": "Text.\n", ".ci/run": "x\n",
                           "helm/README.md": "Text.\n", "helm/chart/a.yaml": "a: 1\n"},
                          ("bench/README.md:0", "folder-readme"), ("core/extra/README.md:0", "folder-readme"),
                          ("helm/chart/README.md:0", "folder-readme"))


class CommandLine(HouseRules):
    def run_rules(self, *arguments):
        return subprocess.run([sys.executable, HERE / "house_rules.py", "--root", self.root, *arguments],
                              capture_output=True, text=True, check=False)

    def test_a_clean_tree_is_silent_and_exits_0(self):
        done = self.run_rules()
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_a_broken_tree_names_file_line_and_rule_and_exits_1(self):
        self.write({"core/base/a.cpp": "\n#include <mutex>\n"})
        done = self.run_rules()
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.startswith("core/base/a.cpp:2: [banned-include] <mutex> in core/base"))

    def test_the_report_can_be_narrowed_to_files(self):
        self.write({"core/base/a.cpp": "#include <mutex>\n", "core/base/b.cpp": "#include <mutex>\n"})
        self.assertEqual(self.run_rules("core/base/b.cpp").stdout.count("\n"), 1)

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.root, *arguments], check=True, capture_output=True)

    def test_with_git_ignored_files_are_not_read_and_new_ones_are(self):
        self.git("init", "-q")
        self.write({".gitignore": "/out/\n", "out/bad.cpp": "#include <mutex>\t\n",
                    "core/base/new.cpp": "#include <mutex>\n", "core/base/gone.cpp": "#include <mutex>\n"})
        self.git("add", "core/base/gone.cpp")
        (self.root / "core/base/gone.cpp").unlink()
        done = self.run_rules()
        self.assertEqual([line.split(":")[0] for line in done.stdout.splitlines()], ["core/base/new.cpp"])

    def test_without_git_build_folders_are_not_read(self):
        self.write({"build/x/bad.cpp": "\t\n"})
        self.assertEqual(self.run_rules().returncode, 0)


if __name__ == "__main__":
    unittest.main()
