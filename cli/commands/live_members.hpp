// `members -w`: the table kept up to date, or the changes as lines.
#pragma once

#include <swim/v1/membership.pb.h>

#include "cli/commands/commands.hpp"

namespace swim::cli {

Result<> live_members(Context& context, const v1::MemberFilter& filter, Format format);

// `watch`: the changes as lines or JSON; ends after `count` of them, 0 means never. With a table in
// front where `table_first`.
struct WatchOptions {
  v1::MemberFilter filter;
  std::string resume_token;
  Format format{Format::table};
  std::uint64_t count{};
  bool table_first{};
};
Result<> watch(Context& context, const WatchOptions& options);

}  // namespace swim::cli
