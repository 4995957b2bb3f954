#include "cli/connection.hpp"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <system_error>
#include <vector>

namespace swim::cli {
namespace {

// What a plain connect() says of a unix socket: 0, or its errno.
int try_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return ENAMETOOLONG;
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat file {};
  if (stat(path.c_str(), &file) == 0 && !S_ISSOCK(file.st_mode)) {
    return ENOTSOCK;  // connect() says only that it was refused
  }
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) {
    return errno;
  }
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const int error = connect(descriptor, generic, sizeof(address)) == 0 ? 0 : errno;
  close(descriptor);
  // EAGAIN: it listens, its queue is full for the moment.
  return error == EAGAIN ? 0 : error;
}

// Of a place that anybody can make: whether the folder of a socket is this user's (or root's).
bool is_trustworthy(const Place& place) {
  constexpr std::string_view shared = "/tmp/";
  if (!place.origin.empty() || place.path.compare(0, shared.size(), shared) != 0) {
    return true;
  }
  struct stat folder {};
  const std::string path = place.path.substr(0, place.path.rfind('/'));
  return lstat(path.c_str(), &folder) != 0 ||
         (S_ISDIR(folder.st_mode) && (folder.st_uid == geteuid() || folder.st_uid == 0));
}

constexpr int foreign_folder = -1;  // beside the numbers of errno

int try_place(const Place& place) {
  if (place.path.empty()) {
    return 0;
  }
  return is_trustworthy(place) ? try_unix(place.path) : foreign_folder;
}

std::string words_for(int error) {
  switch (error) {
    case foreign_folder:
      return "its folder belongs to another user";
    case ENOENT:
    case ENOTDIR:
      return "no socket";
    case EACCES:
    case EPERM:
      return "permission denied";
    case ECONNREFUSED:
      return "nobody listens";
    case ENOTSOCK:
      return "not a socket";
    case ENAMETOOLONG:
      return "longer than the 107 bytes of a unix socket's path";
    case EPROTOTYPE:
      return "not a stream socket";
    default:
      return std::generic_category().message(error);
  }
}

std::shared_ptr<grpc::Channel> channel_to(const Place& place) {
  // Never given back: gRPC would be torn down and set up again with each channel.
  static const bool held = (grpc_init(), true);
  static_cast<void>(held);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);  // a batch of large messages is larger than 4 MiB
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  return grpc::CreateCustomChannel(place.target(), grpc::InsecureChannelCredentials(), arguments);
}

struct Attempt {
  Place place;
  int error{};
};

bool any(const std::vector<Attempt>& attempts, std::initializer_list<int> errors) {
  return std::any_of(attempts.begin(), attempts.end(), [&errors](const Attempt& attempt) {
    return std::find(errors.begin(), errors.end(), attempt.error) != errors.end();
  });
}

std::string hint_for(Door door, const std::vector<Attempt>& attempts) {
  const bool admin = door == Door::admin;
  if (any(attempts, {EACCES, EPERM})) {
    return "you are uid " + std::to_string(geteuid()) + "; " +
           (admin ? "the admin socket is for the daemon's own user (or root)"
                  : "join the socket's group (fsGroup in a pod; api.socket-mode)");
  }
  if (any(attempts, {ECONNREFUSED})) {
    return "swimd ended and left its socket behind: start it again, and see its log for why";
  }
  return admin ? "is swimd running here, in this container? name the place by --admin-endpoint"
               : "is swimd running, and its socket volume mounted here? name the place by "
                 "--endpoint or $SWIM_ENDPOINT";
}

Failure no_place(Door door, const std::vector<Attempt>& attempts) {
  std::string looked;
  for (const Attempt& attempt : attempts) {
    looked += (looked.empty() ? "" : ", ") + attempt.place.shown() + " (" +
              words_for(attempt.error) + ")";
  }
  const std::string& origin = attempts.front().place.origin;
  const char* from = origin.rfind("beside", 0) == 0 ? ", " : ", from ";
  return {ExitCode::unreachable,
          std::string("no swimd ") + (door == Door::admin ? "admin socket" : "socket") +
              ": looked at " + looked + (origin.empty() ? "" : from + origin),
          hint_for(door, attempts)};
}

}  // namespace

Result<> Connection::established(Nanoseconds patience) const {
  const auto deadline = std::chrono::system_clock::now() +
                        std::chrono::duration_cast<std::chrono::microseconds>(patience);
  if (place_.path.empty() && !channel_->WaitForConnected(deadline)) {
    return failed(ExitCode::unreachable, "no gRPC server answers at " + place_.shown(),
                  "swimd serves its socket only: does something forward this port to it?");
  }
  return {};
}

Result<Connection> Connection::find(Door door, const Surroundings& surroundings) {
  auto places = candidates(door, surroundings);
  if (!places) {
    return tl::unexpected<Failure>(places.error());
  }
  std::vector<Attempt> attempts;
  for (Place& place : *places) {
    const int error = try_place(place);
    if (error == 0) {
      auto channel = channel_to(place);
      return Connection(std::move(place), std::move(channel));
    }
    attempts.push_back({std::move(place), error});
  }
  return tl::unexpected<Failure>(no_place(door, attempts));
}

Result<Connection> Connection::open(Door door, const Surroundings& surroundings,
                                    Nanoseconds patience) {
  return when_established(find(door, surroundings), patience);
}

Result<Connection> Connection::anew() const {
  const int error = try_place(place_);
  if (error != 0) {
    return failed(ExitCode::unreachable, place_.shown() + ": " + words_for(error));
  }
  return Connection(place_, channel_to(place_));
}

Result<Connection> Connection::again(Nanoseconds patience) const {
  return when_established(anew(), patience);
}

Result<Connection> Connection::when_established(Result<Connection> made, Nanoseconds patience) {
  if (made) {
    if (auto there = made->established(patience); !there) {
      return tl::unexpected<Failure>(there.error());
    }
  }
  return made;
}

}  // namespace swim::cli
