#include "server/sockets.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <utility>

#include "server/unix_address.hpp"

namespace swim::server {
namespace {

using Problem = std::optional<std::string>;

constexpr mode_t api_folder_mode = 0755;
constexpr mode_t private_folder_mode = 0700;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// A folder that others can write to could have its socket exchanged by them.
Problem check_private(const std::string& folder) {
  struct stat status {};
  if (lstat(folder.c_str(), &status) != 0) {
    return "the folder " + folder + " can't be read: " + errno_text(errno);
  }
  if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 0022U) != 0) {
    return folder + " is not a folder of ours that only we can write to; remove it";
  }
  return std::nullopt;
}

Problem make_folder(const std::string& folder, mode_t mode) {
  if (mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) {
    return "the folder " + folder + " can't be made: " + errno_text(errno);
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return "the folder " + folder + " can't be written: " + errno_text(errno);
  }
  return std::nullopt;
}

// Something is there already: a live server is left alone, a leftover of a killed one removed.
Problem clear_stale(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? Problem() : path + " can't be read: " + errno_text(errno);
  }
  if (!S_ISSOCK(status.st_mode)) {
    return path + " exists and is no socket; remove it, or choose another path";
  }
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto address = UnixAddress::of(path).value_or(UnixAddress{});  // its length is checked
  const int error = connect(probe, address.get(), UnixAddress::size) == 0 ? 0 : errno;
  close(probe);
  if (error == 0 || error == EAGAIN) {
    return path + " is in use: another process answers on it; stop it, or choose another path";
  }
  if (error != ECONNREFUSED) {
    return path + " exists and can't be tried: " + errno_text(error) +
           "; remove it, or choose another path";
  }
  if (unlink(path.c_str()) != 0) {
    return path + " is a leftover that can't be removed: " + errno_text(errno);
  }
  return std::nullopt;
}

Problem check_length(const std::string& path) {
  constexpr std::size_t most = sizeof(sockaddr_un::sun_path) - 1;
  if (path.size() <= most) {
    return std::nullopt;
  }
  return path + " is " + std::to_string(path.size()) +
         " bytes long, and a unix socket's path may have " + std::to_string(most) +
         "; choose a shorter one";
}

tl::unexpected<std::string> refused(const std::string& setting, const std::string& problem) {
  return tl::unexpected(setting + ": " + problem + " (--" + setting + "=PATH)");
}

tl::expected<std::string, std::string> prepare_one(const std::string& setting,
                                                   const std::string& path, mode_t folder_mode) {
  if (auto problem = check_length(path)) {
    return refused(setting, *problem);
  }
  if (auto problem = make_folder(folder_of(path), folder_mode)) {
    return refused(setting, *problem);
  }
  if (auto problem = clear_stale(path)) {
    return refused(setting, *problem);
  }
  return path;
}

// The first default folder that can be used; the reasons against those before it go to `notes`.
tl::expected<std::string, std::string> default_path(const std::string& setting,
                                                    const std::string& run_folder,
                                                    const std::string& file, mode_t run_mode,
                                                    const SocketEnvironment& environment,
                                                    std::vector<std::string>& notes) {
  std::vector<std::string> reasons;
  const auto usable = [&reasons](const std::string& folder, mode_t mode, bool ours) {
    auto problem = make_folder(folder, mode);
    if (!problem && ours) {
      problem = check_private(folder);
    }
    if (problem) {
      reasons.push_back(*problem);
    }
    return !problem;
  };
  std::string folder = environment.run_dir + "/" + run_folder;
  bool found = usable(folder, run_mode, false);
  if (!found && !environment.runtime_dir.empty()) {
    folder = environment.runtime_dir + "/swim";
    found = usable(folder, private_folder_mode, true);
  }
  if (!found) {
    folder = environment.tmp_dir + "/swim-" + std::to_string(environment.uid);
    found = usable(folder, private_folder_mode, true);
  }
  std::string all;
  for (const std::string& reason : reasons) {
    all += (all.empty() ? "" : "; ") + reason;
  }
  if (!found) {
    return refused(setting, all);
  }
  const std::string path = folder + "/" + file;
  if (!reasons.empty()) {
    notes.push_back(setting + " is " + path + ": " + all);
  }
  return path;
}

}  // namespace

SocketEnvironment socket_environment() {
  SocketEnvironment environment;
  if (const char* folder = std::getenv("XDG_RUNTIME_DIR")) {
    environment.runtime_dir = folder;
  }
  environment.uid = geteuid();
  return environment;
}

tl::expected<SocketPaths, std::string> prepare_sockets(const std::string& api,
                                                       const std::string& admin,
                                                       const SocketEnvironment& environment) {
  SocketPaths paths{api, admin, {}};
  if (api.empty()) {
    auto chosen =
        default_path("api.socket", "swim", "swim.sock", api_folder_mode, environment, paths.notes);
    if (!chosen) {
      return tl::unexpected(chosen.error());
    }
    paths.api = *chosen;
  }
  if (admin.empty()) {
    auto chosen = default_path("admin.socket", "swim-admin", "admin.sock", private_folder_mode,
                               environment, paths.notes);
    if (!chosen) {
      return tl::unexpected(chosen.error());
    }
    paths.admin = *chosen;
  }
  if (paths.api == paths.admin) {
    return refused("admin.socket", paths.admin + " is api.socket too; they must differ");
  }
  if (auto ready = prepare_one("api.socket", paths.api, api_folder_mode); !ready) {
    return tl::unexpected(ready.error());
  }
  if (auto ready = prepare_one("admin.socket", paths.admin, private_folder_mode); !ready) {
    return tl::unexpected(ready.error());
  }
  return paths;
}

}  // namespace swim::server
