#include "tests/sim/swarm_jobs.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace swim::sim {

namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr auto silent_time = std::chrono::seconds(2);
constexpr auto log_pause = std::chrono::seconds(30);  // between lines where nobody watches

// A line that moves on a terminal; elsewhere one now and then.
class Progress {
 public:
  explicit Progress(std::uint64_t all) : all_(all) {}

  void show(std::uint64_t done, std::uint64_t failed) {
    const auto now = Clock::now();
    if (now - start_ < silent_time || (!terminal_ && now < next_)) {
      return;
    }
    next_ = now + log_pause;
    const double spent = std::chrono::duration<double>(now - start_).count();
    std::fprintf(stderr, "%s%llu of %llu scenarios, %llu failed, %.0f s", terminal_ ? "\r" : "",
                 static_cast<unsigned long long>(done), static_cast<unsigned long long>(all_),
                 static_cast<unsigned long long>(failed), spent);
    if (done > 0) {
      std::fprintf(stderr, ", about %.0f s left",
                   spent * static_cast<double>(all_ - done) / static_cast<double>(done));
    }
    std::fprintf(stderr, terminal_ ? "\033[K" : "\n");
    shown_ = true;
  }
  // Makes room for other output on the same terminal.
  void clear() {
    if (terminal_ && shown_) {
      std::fprintf(stderr, "\r\033[K");
      shown_ = false;
    }
  }

 private:
  std::uint64_t all_;
  Clock::time_point start_{Clock::now()};
  Clock::time_point next_{};
  bool terminal_{isatty(STDERR_FILENO) == 1};
  bool shown_{};
};

struct Job {
  std::uint64_t seed{};
  pid_t process{};
  int output{-1};  // the reading end of its pipe
  std::string text;
};

void write_all(int file, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = write(file, text.data() + at, text.size() - at);
    if (written <= 0) {
      std::_Exit(1);
    }
    at += static_cast<std::size_t>(written);
  }
}

Job begin(std::uint64_t seed, const std::function<json(std::uint64_t)>& run) {
  std::array<int, 2> ends{};
  std::fflush(nullptr);  // what is buffered must not be printed twice
  if (pipe(ends.data()) != 0) {
    std::perror("pipe");
    std::exit(2);
  }
  const pid_t process = fork();
  if (process < 0) {
    std::perror("fork");
    std::exit(2);
  }
  if (process == 0) {
    close(ends[0]);
    write_all(ends[1], run(seed).dump());
    std::_Exit(0);
  }
  close(ends[1]);
  return {seed, process, ends[0], {}};
}

// Its whole answer is there, or will never be.
json end(Job& job) {
  close(job.output);
  int status = 0;
  waitpid(job.process, &status, 0);
  json result = json::parse(job.text, nullptr, false);
  if (!result.is_object()) {
    const std::string how =
        WIFSIGNALED(status)
            ? std::string("by signal ") + strsignal(WTERMSIG(status))
            : "with exit code " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    result = {{"seed", job.seed},
              {"passed", false},
              {"report", "seed " + std::to_string(job.seed) + ": its process ended " + how + "\n"}};
  }
  return result;
}

// Reads what has come; true: that was all.
bool read_some(Job& job) {
  std::array<char, 65536> buffer{};
  const ssize_t got = read(job.output, buffer.data(), buffer.size());
  if (got > 0) {
    job.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return got <= 0;
}

// Those of `jobs` that have ended, taken out of it; waits a moment for one.
std::vector<Job> take_ended(std::vector<Job>& jobs) {
  std::vector<pollfd> files;
  files.reserve(jobs.size());
  for (const Job& job : jobs) {
    files.push_back({job.output, POLLIN, 0});
  }
  std::vector<Job> ended;
  std::vector<Job> others;
  poll(files.data(), files.size(), 200);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const bool over = files[i].revents != 0 && read_some(jobs[i]);
    (over ? ended : others).push_back(std::move(jobs[i]));
  }
  jobs = std::move(others);
  return ended;
}

}  // namespace

void run_jobs(std::uint64_t first, std::uint64_t seeds, std::uint32_t jobs,
              const std::function<json(std::uint64_t seed)>& run,
              const std::function<void(const json&)>& taken) {
  Progress progress(seeds);
  std::vector<Job> running;
  std::map<std::uint64_t, json> early;  // done before a smaller seed
  std::uint64_t begun = 0;
  std::uint64_t handed_out = 0;
  std::uint64_t failed = 0;
  while (handed_out < seeds) {
    while (running.size() < jobs && begun < seeds) {
      running.push_back(begin(first + begun++, run));
    }
    for (Job& job : take_ended(running)) {
      const json& result = early.emplace(job.seed, end(job)).first->second;
      failed += result.at("passed").get<bool>() ? 0 : 1;
    }
    for (auto next = early.begin(); next != early.end() && next->first == first + handed_out;
         next = early.erase(next), ++handed_out) {
      progress.clear();
      taken(next->second);
    }
    progress.show(handed_out + early.size(), failed);
  }
  progress.clear();
}

}  // namespace swim::sim
