// A small HTTP client that can misbehave, and a server over values made by hand.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "core/runtime/published.hpp"
#include "server/http_server.hpp"
#include "tests/unit/server/http_look.hpp"

namespace swim::server::testing {

// Generous: only a failure takes this long.
inline constexpr int patience_ms = 30'000;

inline bool wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

struct Answer {
  int status{};
  std::string head;
  std::string body;
};

class Client {
 public:
  explicit Client(const Endpoint& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    std::memcpy(&address.sin_addr, server.address.data() + 12, 4);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0)
        << std::strerror(errno);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Stops at the first failure: a server may well have heard enough.
  void send(const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t sent = ::send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (sent <= 0) {
        reset_ = true;  // told here, and to nobody who reads afterwards
        return;
      }
      done += static_cast<std::size_t>(sent);
    }
  }

  // One answer; `no_body` for HEAD. Status 0: the server closed without one.
  Answer read_answer(bool no_body = false) {
    Answer answer;
    while (buffer_.find("\r\n\r\n") == std::string::npos) {
      if (!read_more()) {
        return answer;
      }
    }
    const std::size_t end = buffer_.find("\r\n\r\n") + 4;
    answer.head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    answer.status = std::atoi(answer.head.c_str() + std::strlen("HTTP/1.1 "));
    const std::size_t length = answer.head.find("Content-Length: ");
    EXPECT_NE(length, std::string::npos) << answer.head;
    const std::size_t size =
        no_body ? 0 : std::strtoul(answer.head.c_str() + length + 16, nullptr, 10);
    while (buffer_.size() < size && read_more()) {
    }
    EXPECT_GE(buffer_.size(), size);
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return answer;
  }

  // Whether the server's end was closed, found without reading what it sent.
  bool peer_is_gone() const {
    pollfd waiting{socket_, POLLRDHUP, 0};
    return ::poll(&waiting, 1, 0) == 1 && (waiting.revents & (POLLRDHUP | POLLERR | POLLHUP)) != 0;
  }

  // Whether the server ended its side in order: nothing that it sent before can be lost. A reset
  // behind the end shows in no read.
  bool ended_in_order() {
    while (read_more()) {
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    reset_ = reset_ || error != 0;
    return closed_ && !reset_ && buffer_.empty();
  }

  // Whether the server closes (or resets) the connection, with nothing more to read.
  bool closed_by_server() {
    while (read_more()) {
    }
    return closed_ && buffer_.empty();
  }

 private:
  bool read_more() {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) != 1) {
      ADD_FAILURE() << "nothing came";
      return false;
    }
    char part[4096];
    const ssize_t got = ::recv(socket_, part, sizeof part, 0);
    if (got <= 0) {
      closed_ = true;
      reset_ = got < 0;
      return false;
    }
    buffer_.append(part, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  std::string buffer_;
  bool closed_{};
  bool reset_{};
};

// A node whose loop turns by itself unless the test stops it.
struct MadeServer {
  LookMade made;
  runtime::Published<Snapshot> snapshot{std::make_shared<const Snapshot>()};
  runtime::Published<runtime::NodeView> view{std::make_shared<const runtime::NodeView>()};
  std::atomic<int> facts_calls{};
  std::function<ServerFacts()> facts = [this] { return made.look.facts; };
  Logger logger{LogLevel::debug, LogFormat::logfmt, [](void*, LogLevel, const std::string&) {},
                nullptr};
  HttpSettings settings{Endpoint::v4(127, 0, 0, 1, 0), std::chrono::seconds(5), {}};
  HttpServer server;

  void start() {
    snapshot.store(std::make_shared<const Snapshot>(made.snapshot));
    view.store(std::make_shared<const runtime::NodeView>(made.view));
    NodeSource source{"web-0", "prod/app", [this] { return snapshot.load(); },
                      [this] { return view.load(); },
                      [](std::size_t) { return std::vector<MemberEvent>{}; }};
    const auto bound = server.bind(settings);
    ASSERT_TRUE(bound) << bound.error();
    const auto serving = server.serve(std::move(source), logger, [this] {
      ++facts_calls;
      return facts();
    });
    ASSERT_TRUE(serving) << serving.error();
  }
  Answer ask(const std::string& request, bool no_body = false) const {
    Client client(server.bound());
    client.send(request);
    return client.read_answer(no_body);
  }
  Answer get(const std::string& target) const {
    return ask("GET " + target + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  }
};

}  // namespace swim::server::testing
