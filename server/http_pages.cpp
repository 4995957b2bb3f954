#include "server/http_pages.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "server/http_health.hpp"
#include "server/http_text.hpp"
#include "server/metrics_collector.hpp"
#include "server/status_page.hpp"

namespace swim::server {
namespace {

constexpr const char* pages = "/metrics /healthz /readyz[?verbose] /status[?format=json|html]";
constexpr const char* json_type = "application/json";

struct Target {
  std::string path;
  std::map<std::string, std::string, std::less<>> query;
};

Target parse_target(std::string_view text) {
  // The absolute form, which proxies send: http://host:port/path
  if (text.substr(0, 7) == "http://") {
    const std::size_t slash = text.find('/', 7);
    text = slash == std::string_view::npos ? "/" : text.substr(slash);
  }
  const std::size_t question = text.find('?');
  Target target{std::string(text.substr(0, question)), {}};
  std::string_view rest = question == std::string_view::npos ? "" : text.substr(question + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view part = rest.substr(0, end);
    const std::size_t equals = part.find('=');
    target.query[std::string(part.substr(0, equals))] =
        equals == std::string_view::npos ? "" : std::string(part.substr(equals + 1));
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  return target;
}

HttpReply plain(unsigned status, std::string text) {
  HttpReply reply;
  reply.status = status;
  reply.body = std::move(text);
  return reply;
}

HttpReply health_page(const char* name, const Health& health, const Target& target) {
  return plain(health.ok() ? 200 : 503,
               health_text(name, health, target.query.contains("verbose")));
}

HttpReply status_page(const HttpRequest& request, const Target& target, const LookMaker& look) {
  bool json = prefers_json(request.accept);
  if (const auto format = target.query.find("format"); format != target.query.end()) {
    if (format->second != "json" && format->second != "html") {
      return plain(400, "format is json or html\n");
    }
    json = format->second == "json";
  }
  HttpReply reply;
  if (json) {
    reply.content_type = json_type;
    reply.body = status_json(look(Detail::status));
  } else {
    reply.content_type = "text/html; charset=utf-8";
    reply.body = status_html(look(Detail::status), target.query.contains("refresh"));
    reply.fields = {{"Content-Security-Policy",
                     "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
                     "base-uri 'none'; form-action 'none'"},
                    {"Referrer-Policy", "no-referrer"}};
  }
  reply.fields.emplace_back("Vary", "Accept");
  return reply;
}

// The weight of one media range, e.g. "text/html;q=0.8": its q, 1 without one.
double weight(std::string_view range) {
  const std::size_t at = range.find("q=");
  return at == std::string_view::npos
             ? 1.0
             : std::strtod(std::string(range.substr(at + 2)).c_str(), nullptr);
}

}  // namespace

bool prefers_json(std::string_view accept) {
  double json = 0;
  double html = 0;
  bool json_first = false;
  const std::string all = lower_case(accept);
  for (std::string_view rest = all; !rest.empty();) {
    const std::size_t end = rest.find(',');
    const std::string_view range = rest.substr(0, end);
    if (range.find(json_type) != std::string_view::npos) {
      json = std::max(json, weight(range));
      json_first = html == 0;
    } else if (range.find("text/html") != std::string_view::npos) {
      html = std::max(html, weight(range));
    }
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  return json > html || (json == html && json > 0 && json_first);
}

HttpReply answer_request(const HttpRequest& request, const LookMaker& look) {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpReply reply = plain(405,
                            "nothing can be changed here: use GET or HEAD; "
                            "changes are made with swimctl\n");
    reply.fields = {{"Allow", "GET, HEAD"}};
    return reply;
  }
  const Target target = parse_target(request.target);
  if (target.path == "/healthz") {
    return health_page("healthz", healthz(look(Detail::health)), target);
  }
  if (target.path == "/readyz") {
    return health_page("readyz", readyz(look(Detail::health)), target);
  }
  if (target.path == "/metrics") {
    HttpReply reply;
    reply.content_type = metrics_content_type;
    reply.body = metrics_text(look(Detail::metrics));
    return reply;
  }
  if (target.path == "/status") {
    return status_page(request, target, look);
  }
  if (target.path == "/") {
    HttpReply reply = plain(302, std::string("see ") + pages + "\n");
    reply.fields = {{"Location", "/status"}};
    return reply;
  }
  return plain(404, std::string("there is no such page; there are ") + pages + "\n");
}

}  // namespace swim::server
