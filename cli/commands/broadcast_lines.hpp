// `swimctl broadcast TOPIC --lines`: each line of standard input is a message.
#pragma once

#include <string>

#include "cli/context.hpp"

namespace swim::cli {

struct LinesToBroadcast {
  std::string topic;
  std::string supersede_key;
  bool json{};  // what is printed at the end
};

// Until the input ends. Fails where a line was refused; the others went.
Result<> broadcast_lines(Context& context, const LinesToBroadcast& what);

}  // namespace swim::cli
