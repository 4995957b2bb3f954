#include "core/runtime/peer_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <system_error>

#include "core/base/limits.hpp"
#include "core/runtime/file.hpp"

namespace swim::runtime {

namespace {

constexpr std::string_view first_line = "swim-peers 1";
constexpr std::string_view cluster_word = "cluster ";
constexpr std::string_view checksum_word = "checksum ";
constexpr std::size_t hex_digits = 16;

// FNV-1a: against damage, not against malice; whoever answers at an address must prove itself
// anyway.
std::uint64_t checksum(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  }
  return hash;
}

std::string hex(std::uint64_t value) {
  std::string text(hex_digits, '0');
  for (std::size_t i = hex_digits; i-- > 0; value >>= 4U) {
    text[i] = "0123456789abcdef"[value & 0xFU];
  }
  return text;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string cause(int error) {
  return std::system_category().message(error);
}

// 0, or what went wrong.
int write_all(int handle, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(handle, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return ::fsync(handle) == 0 ? 0 : errno;
}

// The new name itself must outlast a crash of the machine.
void sync_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0) {
    ::fsync(opened.get());
  }
}

}  // namespace

std::string encode_peers(std::string_view cluster_label, const std::vector<Endpoint>& peers) {
  std::string text(first_line);
  text.append("\n").append(cluster_word).append(cluster_label).append("\n");
  for (const Endpoint& peer : peers) {
    text.append(to_string(peer)).append("\n");
  }
  const std::string sum = hex(checksum(text));
  return text.append(checksum_word).append(sum).append("\n");
}

tl::expected<std::vector<Endpoint>, std::string> parse_peers(std::string_view cluster_label,
                                                             std::string_view text) {
  const std::size_t sum_size = checksum_word.size() + hex_digits + 1;
  std::string_view rest = text;
  if (take_line(rest) != first_line) {
    return tl::unexpected("is no list of peers of this version: its first line is not \"" +
                          std::string(first_line) + "\"");
  }
  const std::string_view body = text.substr(0, text.size() - std::min(sum_size, text.size()));
  if (text.substr(body.size()) != std::string(checksum_word) + hex(checksum(body)) + "\n") {
    return tl::unexpected(std::string("is cut short or damaged: its checksum is wrong"));
  }
  rest = body.substr(first_line.size() + 1);
  const std::string_view cluster = take_line(rest);
  if (cluster != std::string(cluster_word).append(cluster_label)) {
    return tl::unexpected("belongs to another " + std::string(cluster));
  }
  std::vector<Endpoint> peers;
  while (!rest.empty() && peers.size() < limits::remembered_peers_max) {
    const std::string_view line = take_line(rest);
    const auto peer = parse_endpoint(line);
    if (!peer) {
      return tl::unexpected("holds a line that is no address: " + std::string(line));
    }
    peers.push_back(*peer);
  }
  return peers;
}

tl::expected<std::vector<Endpoint>, std::string> read_peers(const std::string& path,
                                                            std::string_view cluster_label) {
  const std::string setting = "snapshot.path " + path + " ";
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    const int error = errno;
    if (error == ENOENT) {
      return {};
    }
    return tl::unexpected(setting + "can't be read: " + cause(error));
  }
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return tl::unexpected(setting + "is no file");
  }
  const auto text = read_all(file, limits::peer_file_bytes_max + 1);
  if (!text) {
    return tl::unexpected(setting + "can't be read: " + cause(text.error()));
  }
  if (text->size() > limits::peer_file_bytes_max) {
    return tl::unexpected(setting + "is far too large for a list of peers");
  }
  auto peers = parse_peers(cluster_label, *text);
  return peers ? peers : tl::unexpected(setting + peers.error());
}

tl::expected<void, std::string> write_peers(const std::string& path, std::string_view text) {
  const std::string next = path + ".next";
  int error = 0;
  {
    const File file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                           S_IRUSR | S_IWUSR));
    error = file.get() < 0 ? errno : write_all(file.get(), text);
  }
  if (error == 0 && ::rename(next.c_str(), path.c_str()) != 0) {
    error = errno;
  }
  if (error != 0) {
    ::unlink(next.c_str());
    return tl::unexpected("snapshot.path " + path + " can't be written: " + cause(error));
  }
  sync_folder(path);
  return {};
}

}  // namespace swim::runtime
