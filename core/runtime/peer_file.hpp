// The file that remembers where peers were (DESIGN §4.4): addresses and nothing else, so that a
// node finds its cluster although every seed's name is gone.
//
//   swim-peers 1
//   cluster <label>
//   <address:port>          as many as there are
//   checksum <16 hex digits>
//
// Blocking; any thread. Errors are sentences that name the setting and the cause.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/endpoint.hpp"

namespace swim::runtime {

std::string encode_peers(std::string_view cluster_label, const std::vector<Endpoint>& peers);
// Error: a clause, as in "is cut short or damaged: …".
tl::expected<std::vector<Endpoint>, std::string> parse_peers(std::string_view cluster_label,
                                                             std::string_view text);

// No file: no peers, and no error.
tl::expected<std::vector<Endpoint>, std::string> read_peers(const std::string& path,
                                                            std::string_view cluster_label);
// Whoever reads the path sees the old content or the new one, whole, whatever happens meanwhile.
tl::expected<void, std::string> write_peers(const std::string& path, std::string_view text);

}  // namespace swim::runtime
