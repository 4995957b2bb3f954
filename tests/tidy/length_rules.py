"""No file over 400 lines, no function over 70."""

import ast
import re

import cpp_scan
import house

CPP = (".hpp", ".cpp", ".h", ".cc", ".ipp")
CODE = CPP + (".py", ".go", ".js", ".mjs", ".ts", ".java", ".proto", ".cmake", ".sh")


def is_shell(path, text):
    return path.endswith(".sh") or bool(re.match(r"#!.*\b(?:ba|da|z)?sh\b", text))


def is_python(path, text):
    return path.endswith(".py") or bool(re.match(r"#!.*\bpython3?\b", text))


def check(tree):
    found = []
    for path in tree.paths:
        text = tree.text(path)
        if text is None:
            continue
        script = is_shell(path, text) or is_python(path, text)
        if script or path.endswith(CODE) or path.endswith("CMakeLists.txt"):
            found += _file_length(path, text)
            found += _function_lengths(path, text)
    return found


def _file_length(path, text):
    lines = len(text.splitlines())
    if lines > house.FILE_LINES_MAX:
        yield (path, lines, "file-length",
               f"{lines} lines, at most {house.FILE_LINES_MAX}: split it by concern")


def _function_lengths(path, text):
    if path.endswith(CPP):
        functions = cpp_scan.functions(text)
    elif is_python(path, text):
        try:
            functions = list(_python_functions(text))
        except SyntaxError as error:
            yield path, error.lineno or 0, "python-syntax", f"Python can't read it: {error.msg}"
            return
    elif is_shell(path, text):
        functions = _shell_functions(text)
    else:
        return
    for first, last, name in functions:
        if last - first + 1 > house.FUNCTION_LINES_MAX:
            yield (path, first, "function-length",
                   f"{name}: {last - first + 1} lines, at most {house.FUNCTION_LINES_MAX}")


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno, node.name


def _shell_functions(text):
    """As shfmt and people write them: `name() {` at the margin, closed by a `}` at the margin."""
    begin = None
    for number, line in enumerate(text.splitlines(), start=1):
        match = re.match(r"(?:function\s+)?([\w-]+)\s*\(\)\s*[{(]\s*(?:#.*)?$", line)
        if match and begin is None:
            begin = (number, match[1])
        elif begin and re.match(r"[})]\s*(?:#.*)?$", line):
            yield begin[0], number, begin[1]
            begin = None
