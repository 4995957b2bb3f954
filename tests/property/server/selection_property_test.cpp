// A selection that many readers share is for each of them what a list and a cursor would be:
// whatever is appended and let go, however far behind they are, and whoever asks first.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <vector>

#include "server/selection.hpp"

namespace swim::server {
namespace {

using Log = runtime::EventLog<unsigned>;
using Positions = std::vector<std::uint64_t>;

class Multiples final : public Selection<unsigned, Positions> {
 public:
  Multiples(const Log& log, unsigned of, std::size_t fits) : Selection(log), of_(of), fits_(fits) {}

 protected:
  bool wants(const runtime::LogEntry<unsigned>& entry) const override {
    return entry.value % of_ == 0;
  }
  Made make(const std::vector<Entry>& entries, std::uint64_t next) const override {
    Made response;
    for (; response.taken < std::min(fits_, entries.size()); ++response.taken) {
      response.bytes.push_back(entries[response.taken]->position);
    }
    response.next = response.taken == entries.size() ? next : response.bytes.back();
    return response;
  }

 private:
  unsigned of_;
  std::size_t fits_;
};

enum class Act : std::uint8_t { append, burst, read, news, go_back };

struct Step {
  Act act{};
  unsigned a{}, b{};

  friend std::ostream& operator<<(std::ostream& out, const Step& step) {
    static constexpr const char* names[] = {"append", "burst", "read", "news", "go_back"};
    return out << names[static_cast<int>(step.act)] << " " << step.a << " " << step.b;
  }
};

rc::Gen<Step> gen_step() {
  return rc::gen::construct<Step>(
      rc::gen::weightedElement<Act>(
          {{12, Act::append}, {1, Act::burst}, {10, Act::read}, {4, Act::news}, {2, Act::go_back}}),
      rc::gen::inRange(0U, 12U), rc::gen::inRange(0U, 12U));
}

class Run {
 public:
  Run(std::size_t log_entries, std::size_t before, unsigned of, std::size_t fits)
      : log_entries_(log_entries), of_(of), log_(log_entries) {
    for (unsigned i = 0; i < before; ++i) {
      append(i);
    }
    shared_ = std::make_unique<Multiples>(log_, of, fits);
    told_ = looked_ = values_.size();
    cursors_.assign(4, values_.size());
  }

  void act(const Step& step) {
    std::uint64_t& cursor = cursors_[step.b % cursors_.size()];
    switch (step.act) {
      case Act::append:
        return append(step.a);
      case Act::burst:
        for (unsigned i = 0; i <= 30 * step.b; ++i) {
          append(step.a + i);
        }
        return;
      case Act::read:
        return static_cast<void>(read(cursor));
      case Act::go_back:
        cursor = cursor * step.a / 12;
        return static_cast<void>(read(cursor));
      case Act::news:
        return ask();
    }
  }
  void settle() {
    for (std::uint64_t& cursor : cursors_) {
      while (read(cursor)) {
      }
      RC_ASSERT(!next_wanted(cursor));
    }
  }

 private:
  void append(unsigned value) {
    values_.push_back(value);
    log_.append(value);
  }
  std::uint64_t first() const {
    return values_.size() - std::min(values_.size(), log_entries_) + 1;
  }
  std::optional<std::uint64_t> next_wanted(std::uint64_t cursor) const {
    for (std::uint64_t at = cursor + 1; at <= values_.size(); ++at) {
      if (values_[at - 1] % of_ == 0) {
        return at;
      }
    }
    return std::nullopt;
  }
  // True where there may be more.
  bool read(std::uint64_t& cursor) {
    overtaken_ = overtaken_ || looked_ + 1 < first();
    const auto batch = shared_->after(cursor);
    looked_ = values_.size();
    if (batch.overrun) {
      RC_ASSERT(batch.first == first());
      RC_ASSERT(cursor + 1 < first());
      cursor = batch.first - 1;
      return true;
    }
    RC_ASSERT(batch.count == batch.bytes.size());
    std::uint64_t at = cursor;
    for (const std::uint64_t position : batch.bytes) {
      RC_ASSERT(next_wanted(at) == position);
      at = position;
    }
    RC_ASSERT(batch.next >= at);
    RC_ASSERT(batch.next <= values_.size());
    const auto following = next_wanted(at);
    // In its own parentheses: RC_ASSERT takes an expression apart, and then || asks both sides.
    RC_ASSERT((!following || *following > batch.next));
    RC_ASSERT(batch.count > 0 || !following);
    RC_ASSERT(batch.more || !following);
    cursor = batch.next;
    return batch.more;
  }
  // Never silent about something wanted; and wrong the other way only where the log was faster.
  void ask() {
    const auto wanted = next_wanted(told_);
    overtaken_ = overtaken_ || looked_ + 1 < first();
    const bool news = shared_->news();
    looked_ = told_ = values_.size();
    RC_ASSERT(news || !wanted);
    RC_ASSERT(!news || wanted || overtaken_);
    overtaken_ = false;
  }

  const std::size_t log_entries_;
  const unsigned of_;
  Log log_;
  std::unique_ptr<Multiples> shared_;
  std::vector<unsigned> values_;  // all that were appended; index = position - 1
  std::vector<std::uint64_t> cursors_;
  std::uint64_t told_{};    // the newest at the last question for news
  std::uint64_t looked_{};  // the newest when the selection last looked at the log
  bool overtaken_{};        // since then the log let go what it had not looked at
};

RC_GTEST_PROP(SelectionProperty, each_reader_gets_what_a_list_and_a_cursor_would_give, ()) {
  Run run(*rc::gen::inRange<std::size_t>(1, 40), *rc::gen::inRange<std::size_t>(0, 20),
          *rc::gen::inRange(1U, 6U), *rc::gen::inRange<std::size_t>(1, 10));
  for (const Step& step : *rc::gen::container<std::vector<Step>>(gen_step())) {
    run.act(step);
  }
  run.settle();
}

}  // namespace
}  // namespace swim::server
