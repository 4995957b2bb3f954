#include "server/http_server.hpp"

#include <pthread.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "core/runtime/clock.hpp"
#include "core/runtime/signals_blocked.hpp"
#include "core/runtime/socket_address.hpp"
#include "server/http_connection.hpp"
#include "server/http_drops.hpp"
#include "server/http_health.hpp"
#include "server/http_pages.hpp"
#include "server/http_source.hpp"
#include "server/status_page.hpp"

namespace swim::server {
namespace {

using boost::asio::ip::tcp;
using Code = boost::system::error_code;

constexpr std::chrono::seconds watch_interval{1};
constexpr std::chrono::milliseconds accept_retry{100};

std::string cannot_listen(const Endpoint& address, const Code& error) {
  std::string text =
      "admin.http-address: can't listen on " + to_string(address) + ": " + error.message();
  if (error == boost::asio::error::address_in_use) {
    return text + "; another process has this port: choose another one, or `off`";
  }
  if (error == boost::asio::error::access_denied) {
    return text + "; ports below 1024 need a privilege: choose a higher one";
  }
  return text + "; is it an address of this host?";
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(const HttpSettings& settings)
      : settings_(settings),
        handler_([this](const HttpRequest& request) { return handle(request); }) {}
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  tl::expected<void, std::string> bind();
  tl::expected<void, std::string> serve(NodeSource source, Logger& logger, FactsCallback facts);
  void stop();
  Endpoint bound() const { return bound_; }

 private:
  Code listen();
  void run();
  void accept();
  void accepted(Code error, tcp::socket socket);
  void make_room();
  void forget_closed();
  std::shared_ptr<HttpConnection> slowest(bool leaving) const;
  void watch();
  HttpReply handle(const HttpRequest& request);
  Look look(Detail detail) const;

  const HttpSettings settings_;
  NodeSource source_;
  Logger* logger_{};
  FactsCallback facts_;
  const HttpHandler handler_;
  NodeWatch watch_;
  TimePoint started_{};
  Endpoint bound_;
  std::vector<std::weak_ptr<HttpConnection>> connections_;

  // Last, so that what still lies in it goes before the rest.
  boost::asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer watch_timer_{io_};
  boost::asio::steady_timer retry_timer_{io_};
  std::thread thread_;
};

Code HttpServer::Impl::listen() {
  const auto family = runtime::family_of(settings_.address);
  const auto address = runtime::to_asio_address(settings_.address, family);
  if (!address) {
    return boost::asio::error::address_family_not_supported;
  }
  const tcp::endpoint endpoint(*address, settings_.address.port);
  Code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) {
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error && endpoint.protocol() == tcp::v6()) {
    acceptor_.set_option(boost::asio::ip::v6_only(family != runtime::Family::dual), error);
  }
  if (!error) {
    acceptor_.bind(endpoint, error);
  }
  if (!error) {
    acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  }
  if (!error) {
    bound_ = runtime::from_asio(acceptor_.local_endpoint(error));
  }
  return error;
}

tl::expected<void, std::string> HttpServer::Impl::bind() {
  if (const Code error = listen()) {
    return tl::unexpected(cannot_listen(settings_.address, error));
  }
  return {};
}

tl::expected<void, std::string> HttpServer::Impl::serve(NodeSource source, Logger& logger,
                                                        FactsCallback facts) {
  source_ = std::move(source);
  logger_ = &logger;
  facts_ = std::move(facts);
  started_ = runtime::steady_now();
  watch();
  accept();
  try {
    const runtime::SignalsBlocked guard;
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "swim-http");
  } catch (const std::system_error& error) {
    return tl::unexpected("the HTTP thread can't be started: " + std::string(error.what()));
  }
  return {};
}

void HttpServer::Impl::stop() {
  if (thread_.joinable()) {
    io_.stop();
    thread_.join();
  }
  Code ignored;
  acceptor_.close(ignored);
  for (const auto& weak : connections_) {
    if (const auto connection = weak.lock()) {
      connection->close();
    }
  }
}

void HttpServer::Impl::run() {
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (const std::exception& error) {
      // Out of memory or descriptors: this request is lost, the door stays open.
      logger_->log(LogLevel::error, "an HTTP request ended early", {{"error", error.what()}});
    }
  }
}

void HttpServer::Impl::accept() {
  acceptor_.async_accept(
      [this](Code error, tcp::socket socket) { accepted(error, std::move(socket)); });
}

void HttpServer::Impl::accepted(Code error, tcp::socket socket) {
  if (error == boost::asio::error::operation_aborted) {
    return;
  }
  if (error) {
    logger_->log(LogLevel::warn, "an HTTP connection could not be accepted",
                 {{"error", error.message()}});
    retry_timer_.expires_after(accept_retry);
    retry_timer_.async_wait([this](Code stopped) {
      if (!stopped) {
        accept();
      }
    });
    return;
  }
  make_room();
  const auto connection =
      std::make_shared<HttpConnection>(std::move(socket), settings_.limits, handler_);
  connections_.push_back(connection);
  connection->start();
  accept();
}

// At most one more than allowed: the one that is just told so.
void HttpServer::Impl::make_room() {
  forget_closed();
  if (connections_.size() >= settings_.limits.connections) {
    if (const auto connection = slowest(true)) {
      connection->cut_off();
      forget_closed();
    }
  }
  if (connections_.size() < settings_.limits.connections) {
    return;
  }
  if (const auto connection = slowest(false)) {
    connection->evict();
    forget_closed();
  }
  logger_->log(LogLevel::warn, "too many HTTP connections, the slowest one is closed",
               {{"most", std::to_string(settings_.limits.connections)}});
}

void HttpServer::Impl::forget_closed() {
  std::erase_if(connections_, [](const auto& weak) {
    const auto connection = weak.lock();
    return !connection || connection->closed();
  });
}

// Of those that are leaving or not, the one that has been in its present step longest.
std::shared_ptr<HttpConnection> HttpServer::Impl::slowest(bool leaving) const {
  std::shared_ptr<HttpConnection> found;
  for (const auto& weak : connections_) {
    const auto connection = weak.lock();
    if (connection && connection->leaving() == leaving &&
        (!found || connection->step_since() < found->step_since())) {
      found = connection;
    }
  }
  return found;
}

void HttpServer::Impl::watch() {
  const auto view = source_.view();
  watch_.observe(runtime::steady_now(), view->loop_turns, auth_drops(view->stats));
  watch_timer_.expires_after(watch_interval);
  watch_timer_.async_wait([this](Code stopped) {
    if (!stopped) {
      watch();
    }
  });
}

HttpReply HttpServer::Impl::handle(const HttpRequest& request) {
  HttpReply reply = answer_request(request, [this](Detail detail) { return look(detail); });
  logger_->log(LogLevel::debug, "HTTP request",
               {{"method", request.method},
                {"target", request.target},
                {"status", std::to_string(reply.status)}});
  return reply;
}

Look HttpServer::Impl::look(Detail detail) const {
  Look look;
  look.node_name = source_.node_name;
  look.cluster_label = source_.cluster_label;
  look.snapshot = source_.snapshot();
  look.view = source_.view();
  look.now = runtime::wall_now();
  look.uptime = runtime::steady_now() - started_;
  look.join_timeout = settings_.join_timeout;
  look.stalled = watch_.stalled();
  look.auth_drops_last_minute = watch_.auth_drops_last_minute();
  if (detail == Detail::health) {
    return look;
  }
  look.facts = facts_();
  look.process = read_process_stats();
  for (std::size_t level = 0; level < look.log_lines.size(); ++level) {
    look.log_lines.at(level) = logger_->written(static_cast<LogLevel>(level));
  }
  if (detail == Detail::status) {
    look.events = source_.last_events(status_events);
  }
  return look;
}

HttpServer::HttpServer() = default;

HttpServer::~HttpServer() {
  stop();
}

tl::expected<void, std::string> HttpServer::bind(const HttpSettings& settings) {
  auto impl = std::make_unique<Impl>(settings);
  if (auto bound = impl->bind(); !bound) {
    return bound;
  }
  impl_ = std::move(impl);
  return {};
}

tl::expected<void, std::string> HttpServer::serve(NodeSource source, Logger& logger,
                                                  FactsCallback facts) {
  return impl_->serve(std::move(source), logger, std::move(facts));
}

Endpoint HttpServer::bound() const {
  return impl_ ? impl_->bound() : Endpoint{};
}

void HttpServer::stop() {
  impl_.reset();
}

}  // namespace swim::server
