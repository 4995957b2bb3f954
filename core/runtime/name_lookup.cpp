#include "core/runtime/name_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <deque>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace swim::runtime {

namespace {

constexpr std::size_t threads_max = 4;

std::string cause(int code) {
  return code == EAI_SYSTEM ? std::system_category().message(errno) : ::gai_strerror(code);
}

LookupResult look_up(const std::string& host, std::uint16_t port, Family family) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_family = family == Family::v4 ? AF_INET : family == Family::v6 ? AF_INET6 : AF_UNSPEC;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (code != 0) {
    return {{}, "does not resolve (" + cause(code) + ")"};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(list, &::freeaddrinfo);
  LookupResult result;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    Endpoint endpoint = from_socket_address(one->ai_addr);
    endpoint.port = port;
    result.addresses.push_back(endpoint);
  }
  std::sort(result.addresses.begin(), result.addresses.end());
  result.addresses.erase(std::unique(result.addresses.begin(), result.addresses.end()),
                         result.addresses.end());
  if (result.addresses.empty()) {
    result.problem = "does not resolve (no address of a usable family)";
  }
  return result;
}

struct Request {
  std::string host;
  std::uint16_t port{};
  NameLookup::Done done;
};

}  // namespace

// Shared with the threads, which may outlive the owner.
struct NameLookup::State {
  std::mutex mutex;
  boost::asio::io_context* io{};  // null once the owner is gone
  Family family{};
  std::deque<Request> waiting;
  std::size_t threads{};

  static void work(const std::shared_ptr<State>& state);
  void deliver(NameLookup::Done done, LookupResult result);
};

void NameLookup::State::deliver(NameLookup::Done done, LookupResult result) {
  const std::lock_guard lock(mutex);
  if (io != nullptr) {
    boost::asio::post(*io, [done = std::move(done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  }
}

void NameLookup::State::work(const std::shared_ptr<State>& state) {
  for (;;) {
    Request request;
    {
      const std::lock_guard lock(state->mutex);
      if (state->io == nullptr || state->waiting.empty()) {
        --state->threads;
        return;
      }
      request = std::move(state->waiting.front());
      state->waiting.pop_front();
    }
    state->deliver(std::move(request.done), look_up(request.host, request.port, state->family));
  }
}

NameLookup::NameLookup(boost::asio::io_context& io, Family family)
    : state_(std::make_shared<State>()) {
  state_->io = &io;
  state_->family = family;
}

NameLookup::~NameLookup() {
  std::deque<Request> dropped;
  const std::lock_guard lock(state_->mutex);
  state_->io = nullptr;
  dropped.swap(state_->waiting);
}

void NameLookup::resolve(std::string host, std::uint16_t port, Done done) {
  const std::lock_guard lock(state_->mutex);
  state_->waiting.push_back({std::move(host), port, std::move(done)});
  if (state_->threads >= threads_max) {
    return;
  }
  // Inherits a full mask when the engine thread calls: signals are for the process's own threads.
  try {
    std::thread([state = state_] { State::work(state); }).detach();
    ++state_->threads;
  } catch (const std::system_error& error) {
    if (state_->threads == 0) {  // nobody else will come to it
      Request request = std::move(state_->waiting.back());
      state_->waiting.pop_back();
      boost::asio::post(*state_->io,
                        [done = std::move(request.done), text = std::string(error.what())] {
                          done({{}, "could not be looked up (" + text + ")"});
                        });
    }
  }
}

}  // namespace swim::runtime
