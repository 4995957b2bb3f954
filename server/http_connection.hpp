// One connection of the HTTP door: reads requests, one after the other, and writes the answers,
// each within a time limit. Whatever a peer does, it holds a bounded buffer for a bounded time.
// Lives as long as an operation of its own is under way. HTTP thread only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "server/http_message.hpp"

namespace swim::server {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Clock = std::chrono::steady_clock;

  // `handler` must outlive the connection.
  HttpConnection(boost::asio::ip::tcp::socket socket, const HttpLimits& limits,
                 const HttpHandler& handler);

  void start();
  // Since when the present step (waiting, reading, writing) lasts.
  Clock::time_point step_since() const { return step_since_; }
  // Makes room for another: answers 503 where an answer is still to come, and closes.
  void evict();
  // Evicted, or its last answer is written: it only is given time to take that.
  bool leaving() const { return leaving_; }
  // At once, whether or not the peer has read that answer.
  void cut_off();
  void close();
  bool closed() const { return !socket_.is_open(); }

 private:
  using Code = boost::system::error_code;
  enum class Stop { none, timeout, evicted };

  void wait_for_request();
  void read_header();
  void on_header(Code error);
  void answer();
  void refuse(unsigned status, const std::string& text);
  void reply(HttpReply reply, bool head_only, bool keep_alive);
  void on_written(Code error);
  void linger();
  void read_and_forget();
  void limit_step(std::chrono::milliseconds limit);
  void end_step(Stop why);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  const HttpLimits limits_;
  const HttpHandler& handler_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>>
      serializer_;  // while an answer is being written
  Clock::time_point step_since_{};
  Stop stop_{Stop::none};
  bool reading_{};  // part of a request may be here: an answer is due
  bool keep_alive_{};
  bool leaving_{};
};

}  // namespace swim::server
