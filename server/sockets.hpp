// Where the unix sockets are, and whether they can be served there.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace swim::server {

struct SocketPaths {
  std::string api;
  std::string admin;
  // For the log: where a default folder could not be used, and what is used instead.
  std::vector<std::string> notes;
};

// What decides about the fallback folders; a plain value so that it can be tested.
struct SocketEnvironment {
  std::string run_dir{"/run"};
  std::string runtime_dir;  // $XDG_RUNTIME_DIR
  std::string tmp_dir{"/tmp"};
  unsigned uid{};
};
SocketEnvironment socket_environment();

// Set paths are taken as they are; for empty ones the default folders are tried in turn:
// <run>/swim (and <run>/swim-admin), <runtime>/swim, <tmp>/swim-<uid>. Folders are made where
// needed; a socket that nobody answers on is removed. The error names the setting, the cause and
// what to do.
tl::expected<SocketPaths, std::string> prepare_sockets(const std::string& api,
                                                       const std::string& admin,
                                                       const SocketEnvironment& environment);

}  // namespace swim::server
