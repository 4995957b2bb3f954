// The key ring of one node, and which step of a rotation is safe with what one node knows. Pure.
#pragma once

#include <swim/v1/admin.pb.h>

#include <string>

#include "cli/text/style.hpp"

namespace swim::cli {

std::string keys_text(const v1::ListKeysResponse& keys, const Style& style);

}  // namespace swim::cli
