#include "cli/endpoints.hpp"

#include <charconv>

namespace swim::cli {
namespace {

constexpr std::string_view app_file = "swim.sock";
constexpr std::string_view admin_file = "admin.sock";

struct Named {
  std::string text;
  std::string origin;
};

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// The flag, else the variable, else nothing.
Named named(const std::string& flag, const char* flag_name, const char* variable,
            const Surroundings& surroundings) {
  if (!flag.empty()) {
    return {flag, flag_name};
  }
  const std::string value = surroundings.variable(variable);
  return value.empty() ? Named{} : Named{value, std::string("$") + variable};
}

Named named_app(const Surroundings& surroundings) {
  return named(surroundings.endpoint, "--endpoint", "SWIM_ENDPOINT", surroundings);
}

Named named_admin(const Surroundings& surroundings) {
  return named(surroundings.admin_endpoint, "--admin-endpoint", "SWIM_ADMIN_ENDPOINT",
               surroundings);
}

Result<Place> place_of(const Named& name) {
  auto place = parse_endpoint(name.text);
  if (!place) {
    return usage_error(name.origin + " \"" + name.text + "\" " + place.error(),
                       "write unix:///path/to/swim.sock, a path, or host:port");
  }
  place->origin = name.origin;
  return *place;
}

std::vector<Place> usual(Door door, const Surroundings& surroundings) {
  const std::string file(door == Door::app ? app_file : admin_file);
  std::vector<Place> places;
  places.push_back({(door == Door::app ? "/run/swim/" : "/run/swim-admin/") + file, {}, {}});
  const std::string runtime_dir = surroundings.variable("XDG_RUNTIME_DIR");
  if (!runtime_dir.empty()) {
    places.push_back({runtime_dir + "/swim/" + file, {}, {}});
  }
  places.push_back({"/tmp/swim-" + std::to_string(surroundings.uid) + "/" + file, {}, {}});
  return places;
}

// /run/swim/swim.sock → /run/swim-admin/admin.sock, /run/swim/admin.sock
std::vector<Place> beside(const Place& app) {
  const std::size_t slash = app.path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : app.path.substr(0, slash);
  const std::string origin = "beside " + app.origin;
  return {{folder + "-admin/" + std::string(admin_file), {}, origin},
          {folder + "/" + std::string(admin_file), {}, origin}};
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

Result<std::vector<Place>> admin_places(const Surroundings& surroundings) {
  const Named app = named_app(surroundings);
  if (app.text.empty()) {
    return usual(Door::admin, surroundings);
  }
  const auto place = place_of(app);
  if (!place) {
    return tl::unexpected<Failure>(place.error());
  }
  if (place->path.empty()) {
    return usage_error(
        "this command needs the admin socket, and " + app.origin + " is " + place->shown(),
        "name it by --admin-endpoint, on the machine where the daemon runs");
  }
  return beside(*place);
}

}  // namespace

std::string Place::target() const {
  if (path.empty()) {
    return host;
  }
  std::string uri = "unix:";
  for (const char letter : path) {
    switch (letter) {
      case '%':
        uri += "%25";
        break;
      case '#':
        uri += "%23";
        break;
      case '?':
        uri += "%3F";
        break;
      default:
        uri += letter;
    }
  }
  return uri;
}

tl::expected<Place, std::string> parse_endpoint(std::string_view text) {
  if (starts_with(text, "unix:")) {
    text.remove_prefix(5);
    if (starts_with(text, "//")) {
      text.remove_prefix(2);
      if (!starts_with(text, "/")) {
        return tl::unexpected<std::string>("has a host after unix://, or two slashes for three");
      }
    }
    if (text.empty()) {
      return tl::unexpected<std::string>("names no path");
    }
    return Place{std::string(text), {}, {}};
  }
  if (text.find("://") != std::string_view::npos) {
    return tl::unexpected<std::string>("has a scheme other than unix");
  }
  if (text.find('/') != std::string_view::npos || ends_with(text, ".sock")) {
    return Place{std::string(text), {}, {}};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !is_port(text.substr(colon + 1))) {
    return tl::unexpected<std::string>("is neither a path nor host:port");
  }
  return Place{{}, std::string(text), {}};
}

Result<std::vector<Place>> candidates(Door door, const Surroundings& surroundings) {
  const Named name = door == Door::app ? named_app(surroundings) : named_admin(surroundings);
  if (name.text.empty()) {
    return door == Door::app ? usual(door, surroundings) : admin_places(surroundings);
  }
  const auto place = place_of(name);
  if (!place) {
    return tl::unexpected<Failure>(place.error());
  }
  return std::vector<Place>{*place};
}

}  // namespace swim::cli
