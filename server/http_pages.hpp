// Which page answers which request. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "server/http_message.hpp"
#include "server/http_source.hpp"

namespace swim::server {

// How much of a look a page needs: the probes of a kubelet come often.
enum class Detail : std::uint8_t { health, metrics, status };
using LookMaker = std::function<Look(Detail)>;

HttpReply answer_request(const HttpRequest& request, const LookMaker& look);

// Whether the field `Accept` would rather have JSON than HTML.
bool prefers_json(std::string_view accept);

}  // namespace swim::server
