"""The house as data: its rooms, who may include whom, and what each room may not name (DESIGN §3)."""

import re

BASE, WIRE, CRYPTO, ENGINE = "core/base", "core/wire", "core/crypto", "core/engine"
SIM, RUNTIME, SERVER, CLI = "core/sim", "core/runtime", "server", "cli"

# Sans I/O: what is in these rooms runs the same in production, in a test and in a simulated world.
PURE = (BASE, WIRE, CRYPTO, ENGINE)
CORE = PURE + (SIM, RUNTIME)
ROOMS = CORE + (SERVER, CLI)

# The arrow of inclusion: a room may include itself and these.
MAY_INCLUDE = {
    BASE: (),
    WIRE: (BASE,),
    CRYPTO: (BASE,),
    ENGINE: (BASE, WIRE, CRYPTO),
    SIM: PURE,
    RUNTIME: PURE,
    SERVER: PURE + (RUNTIME,),
    CLI: PURE + (RUNTIME, SIM),
}

# Top-level folders that a quoted include may start with; swim/ is what protoc generates.
INCLUDE_ROOTS = ("core", "server", "cli", "tests", "bench", "swim")


class Ban:
    """Includes that match `pattern` are banned in `rooms`, because of `reason`."""

    def __init__(self, pattern, rooms, reason):
        self.pattern = re.compile(pattern)
        self.rooms = rooms
        self.reason = reason


BANNED_INCLUDES = (
    Ban(r"(boost/)?asio(/|\.hpp$)|boost/beast", PURE + (SIM,), "no I/O library here"),
    Ban(r"(grpc|grpcpp|google/protobuf|swim/v1)/", CORE, "core knows no gRPC and no protobuf"),
    Ban(r"spdlog/", PURE + (SIM,), "no logging here: report by value, event or trace"),
    Ban(r"(thread|stop_token|future|semaphore|latch|barrier|pthread\.h)$", PURE + (SIM,),
        "no threads here"),
    Ban(r"(mutex|shared_mutex|condition_variable)$", PURE + (SIM,), "no locks here"),
    Ban(r"random$", PURE + (SIM,), "not reproducible: use core/base/prng.hpp"),
    Ban(r"(iostream|fstream|filesystem)$", PURE, "no I/O here"),
    Ban(r"(sys/socket\.h|netinet/.*|netdb\.h|sys/uio\.h|poll\.h|sys/epoll\.h)$", PURE + (SIM,),
        "no sockets here"),
    Ban(r"(ctime|time\.h|sys/time\.h)$", PURE + (SIM,), "no clock here: time comes in as a value"),
    Ban(r"openssl/", tuple(room for room in ROOMS if room != CRYPTO), "OpenSSL only in core/crypto"),
    Ban(r"core/base/buffer_pool\.hpp$", (WIRE, CRYPTO, ENGINE, SIM), "it takes a lock"),
    Ban(r"core/crypto/plain_key\.hpp$", (BASE, WIRE, ENGINE, RUNTIME, SERVER, CLI),
        "nothing that swimd is made of may do without encryption"),
    Ban(r"core/engine/engine\.hpp$", (SERVER, CLI),
        "send commands and read snapshots through core/runtime"),
    Ban(r"(cassert|assert\.h)$", CORE, "silent in release builds: use core/base/assert.hpp"),
)


class BannedName:
    """Code (not comments, not strings) that matches `pattern` is banned in `rooms`."""

    def __init__(self, pattern, rooms, reason):
        self.pattern = re.compile(pattern)
        self.rooms = rooms
        self.reason = reason


BANNED_NAMES = (
    BannedName(r"\b(system|steady|high_resolution|utc|tai|gps|file)_clock\b", PURE + (SIM,),
               "no clock here: time comes in as a value"),
    BannedName(r"\b(clock_gettime|gettimeofday|timespec_get)\s*\(|\bstd::(time|clock)\s*\(",
               PURE + (SIM,), "no clock here: time comes in as a value"),
    BannedName(r"\bstd::(mt19937(_64)?|random_device|default_random_engine)\b|\bs?rand\s*\(\s*\)",
               PURE + (SIM,), "not reproducible: use core/base/prng.hpp"),
    BannedName(r"\bstd::(j?thread|this_thread|async|(shared_|recursive_|timed_)?mutex)\b",
               PURE + (SIM,), "no threads and no locks here"),
    BannedName(r"\bstd::(cout|cerr|clog|cin)\b", PURE, "no I/O here"),
    BannedName(r"\bthrow\b(?!\s*\()", (WIRE, ENGINE), "errors go by value here (core/base/error.hpp)"),
    BannedName(r"\bstd::atomic\s*<\s*std::shared_ptr\b", ROOMS,
               "ThreadSanitizer rejects it on GCC 12: a mutex round a shared_ptr"),
)

# (file, what is allowed there all the same): why. One that is no longer used is reported.
EXCEPTIONS = {
    ("core/base/buffer_pool.hpp", "mutex"): "acquire() waits by its contract",
    ("core/base/buffer_pool.hpp", "condition_variable"): "acquire() waits by its contract",
    ("core/base/buffer_pool.hpp", "std::mutex"): "acquire() waits by its contract",
}

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70


def room_of(path):
    """The room that a file belongs to, or None."""
    for room in ROOMS:
        if path.startswith(room + "/"):
            return room
    return None
