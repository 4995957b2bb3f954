// A request and its answer, without the sockets, and how much a client may take. Plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace swim::server {

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // "/status?format=json"
  std::string accept;  // the field, empty without one
};

struct HttpReply {
  unsigned status{200};
  std::string content_type{"text/plain; charset=utf-8"};
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields{};  // other header fields
};

using HttpHandler = std::function<HttpReply(const HttpRequest&)>;

struct HttpLimits {
  std::size_t connections{64};  // beyond: the slowest is told so and goes
  std::uint32_t header_bytes{8192};
  std::chrono::milliseconds idle{30'000};     // between requests: closed without a word
  std::chrono::milliseconds request{10'000};  // from the first byte to the last of a header
  std::chrono::milliseconds write{10'000};
  std::chrono::milliseconds linger{1'000};  // for a peer to read the answer that ends all
};

}  // namespace swim::server
