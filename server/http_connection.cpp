#include "server/http_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <exception>
#include <utility>

namespace swim::server {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;

constexpr std::size_t read_ahead = 4096;

// What is wrong with a request that can't be parsed.
std::pair<unsigned, std::string> refusal(const boost::system::error_code& error,
                                         bool request_line_is_read, std::uint32_t limit) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    const std::string most = " is longer than " + std::to_string(limit) + " bytes";
    return request_line_is_read ? std::pair(431U, "the header" + most)
                                : std::pair(414U, "the request line" + most);
  }
  if (error == http::error::bad_version) {
    return {505, "the request line must end with HTTP/1.0 or HTTP/1.1"};
  }
  return {400, "this is no HTTP request that can be understood: " + error.message()};
}

}  // namespace

HttpConnection::HttpConnection(tcp::socket socket, const HttpLimits& limits,
                               const HttpHandler& handler)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      limits_(limits),
      handler_(handler),
      buffer_(limits.header_bytes + read_ahead) {}

void HttpConnection::start() {
  wait_for_request();
}

void HttpConnection::evict() {
  leaving_ = true;
  end_step(Stop::evicted);
}

void HttpConnection::end_step(Stop why) {
  stop_ = why;
  if (reading_) {
    Code ignored;
    socket_.cancel(ignored);
    return;
  }
  cut_off();
}

void HttpConnection::cut_off() {
  Code ignored;
  if (serializer_) {
    // Else the kernel would keep what this peer does not read, for as long as it likes.
    socket_.set_option(tcp::socket::linger(true, 0), ignored);
  }
  close();
}

void HttpConnection::close() {
  deadline_.cancel();
  Code ignored;
  socket_.close(ignored);
}

void HttpConnection::limit_step(std::chrono::milliseconds limit) {
  step_since_ = Clock::now();
  deadline_.expires_after(limit);
  deadline_.async_wait([self = shared_from_this()](Code error) {
    // A wait that was already due when the next step began is not of that step.
    if (error || Clock::now() < self->deadline_.expiry()) {
      return;
    }
    self->end_step(Stop::timeout);
  });
}

void HttpConnection::wait_for_request() {
  parser_.emplace();
  parser_->header_limit(limits_.header_bytes);
  if (buffer_.size() != 0) {  // pipelined
    read_header();
    return;
  }
  limit_step(limits_.idle);
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](Code error) {
    if (error) {
      self->close();
    } else {
      self->read_header();
    }
  });
}

void HttpConnection::read_header() {
  reading_ = true;
  limit_step(limits_.request);
  http::async_read_header(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](Code error, std::size_t) { self->on_header(error); });
}

void HttpConnection::on_header(Code error) {
  reading_ = false;
  if (stop_ == Stop::evicted) {
    refuse(503, "too many connections, and this one was the slowest; try again");
  } else if (stop_ == Stop::timeout) {
    refuse(408, "the request did not arrive in time");
  } else if (!error) {
    answer();
  } else if (error.category() == http::make_error_code(http::error::bad_method).category() &&
             error != http::error::end_of_stream) {
    const auto [status, text] =
        refusal(error, !parser_->get().target().empty(), limits_.header_bytes);
    refuse(status, text);
  } else {
    close();
  }
}

void HttpConnection::answer() {
  const auto& request = parser_->get();
  const bool head = request.method() == http::verb::head;
  // A body is never read: the connection ends instead.
  const bool has_body = parser_->chunked() || parser_->content_length().value_or(0) != 0;
  const bool keep_alive = request.keep_alive() && !has_body;
  HttpReply made;
  try {
    made = handler_({std::string(request.method_string()), std::string(request.target()),
                     std::string(request[http::field::accept])});
  } catch (const std::exception& problem) {
    made = {500, "text/plain; charset=utf-8",
            std::string("this page could not be made: ") + problem.what() + "\n"};
  }
  reply(std::move(made), head, keep_alive);
}

void HttpConnection::refuse(unsigned status, const std::string& text) {
  reply({status, "text/plain; charset=utf-8", text + "\n"}, false, false);
}

void HttpConnection::reply(HttpReply reply, bool head_only, bool keep_alive) {
  const unsigned version = parser_->get().version() == 10 ? 10 : 11;
  response_ = {static_cast<http::status>(reply.status), version};
  response_.set(http::field::server, "swimd");
  response_.set(http::field::content_type, reply.content_type);
  response_.set(http::field::cache_control, "no-store");
  response_.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : reply.fields) {
    response_.set(name, value);
  }
  response_.body() = std::move(reply.body);
  response_.keep_alive(keep_alive);
  response_.prepare_payload();
  keep_alive_ = keep_alive;
  limit_step(limits_.write);
  serializer_.emplace(response_);
  auto done = [self = shared_from_this()](Code error, std::size_t) { self->on_written(error); };
  if (head_only) {
    http::async_write_header(socket_, *serializer_, std::move(done));
  } else {
    http::async_write(socket_, *serializer_, std::move(done));
  }
}

void HttpConnection::on_written(Code error) {
  serializer_.reset();
  if (error) {
    close();
  } else if (keep_alive_) {
    wait_for_request();
  } else {
    linger();
  }
}

// Closing with something unread makes the kernel reset the connection, and the peer may lose the
// answer that says why.
void HttpConnection::linger() {
  leaving_ = true;
  Code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error) {
    close();
    return;
  }
  buffer_.clear();
  limit_step(limits_.linger);
  read_and_forget();
}

void HttpConnection::read_and_forget() {
  socket_.async_read_some(buffer_.prepare(read_ahead),
                          [self = shared_from_this()](Code error, std::size_t) {
                            if (error) {
                              self->close();
                            } else {
                              self->read_and_forget();
                            }
                          });
}

}  // namespace swim::server
