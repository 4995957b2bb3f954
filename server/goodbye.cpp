#include "server/goodbye.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

namespace swim::server {
namespace {

constexpr std::chrono::milliseconds retry_after{5};

}  // namespace

void say_goodbye(runtime::Runtime& node, Duration patience, Logger& logger) {
  using Report = Expected<runtime::LeaveReport>;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const auto answer = std::make_shared<std::promise<Report>>();
  auto given = answer->get_future();
  for (bool first = true;; first = false) {
    const auto posted = node.leave([answer](const Report& report) { answer->set_value(report); });
    if (posted) {
      break;
    }
    if (posted.error().code != Errc::queue_full || std::chrono::steady_clock::now() >= deadline) {
      logger.log(LogLevel::warn, "no goodbye was said, the others will find this node failed",
                 {{"problem", std::string(to_string(posted.error().code))}});
      return;
    }
    if (first) {
      logger.log(LogLevel::info, "too many commands wait, the goodbye is tried again");
    }
    std::this_thread::sleep_for(retry_after);
  }
  const bool in_time = given.wait_until(deadline) == std::future_status::ready;
  const Report report = in_time ? given.get() : Report(runtime::LeaveReport{});
  logger.log(LogLevel::info, "left the cluster",
             {{"acknowledged", std::to_string(report ? report->acknowledged : 0)},
              {"in_time", in_time ? "true" : "false"}});
}

}  // namespace swim::server
