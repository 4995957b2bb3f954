#include "server/goodbye.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace swim::server {
namespace {

constexpr std::chrono::milliseconds retry_after{5};
constexpr std::string_view not_said = "no goodbye was said, the others will find this node failed";

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
      logger.log(LogLevel::warn, not_said,
                 {{"problem", std::string(to_string(posted.error().code))}});
      return;
    }
    if (first) {
      logger.log(LogLevel::info, "too many commands wait, the goodbye is tried again");
    }
    std::this_thread::sleep_for(retry_after);
  }
  if (given.wait_until(deadline) != std::future_status::ready) {
    logger.log(LogLevel::warn, "no goodbye was said in time, the others may find this node failed");
    return;
  }
  const Report report = given.get();
  if (!report && report.error().code != Errc::left) {
    logger.log(LogLevel::warn, not_said,
               {{"problem", std::string(to_string(report.error().code))}});
    return;
  }
  logger.log(LogLevel::info, "left the cluster",
             {{"acknowledged", std::to_string(report ? report->acknowledged : 0)}});
}

}  // namespace swim::server
