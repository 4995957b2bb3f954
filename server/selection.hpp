// What one filter lets through of a log, found out once for all streams that have this filter: each
// entry is judged once, streams that want nothing of it are not woken, and those that are at the
// same place share one response. A stream is a cursor, whether it reads, sleeps or has no use for
// what happens.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/runtime/event_log.hpp"
#include "server/fan_out.hpp"

namespace swim::server {

// T is what the log holds, Bytes a response. Any thread. The log must outlive it.
template <class T, class Bytes>
class Selection : public Audience {
 public:
  using Log = runtime::EventLog<T>;
  using Entry = typename Log::Entry;

  // Entries of one response, at most.
  static constexpr std::size_t batch_max = 256;
  // The wanted entries that are kept at hand. A stream that is further behind looks for itself.
  static constexpr std::size_t recent_max = 1024;

  // What a stream gets that has everything up to its cursor.
  struct Batch {
    Bytes bytes{};          // a whole response
    std::size_t count{};    // of the entries in it; 0: there is no response
    std::uint64_t next{};   // the cursor when it was sent
    bool more{};            // there may be more behind `next`
    bool overrun{};         // something behind the cursor is gone, maybe; go on before `first`
    std::uint64_t first{};  // the oldest that is still there, where overrun
  };

  explicit Selection(const Log& log)
      : log_(log), scanned_(log.last()), from_(scanned_), newest_(scanned_), told_(scanned_) {}

  const Log& log() const { return log_; }
  Batch after(std::uint64_t cursor);
  bool news() override;

 protected:
  struct Made {
    Bytes bytes{};
    std::size_t taken{};   // of the entries given, from the first on; at least one
    std::uint64_t next{};  // the cursor behind them
  };
  // Both are called by several threads at a time.
  virtual bool wants(const runtime::LogEntry<T>& entry) const = 0;
  // `next` is the cursor behind all of `entries`; there is at least one.
  virtual Made make(const std::vector<Entry>& entries, std::uint64_t next) const = 0;

 private:
  struct SharedBatch {
    Batch batch;
    std::uint64_t min{}, max{};  // the cursors that it is right for
    std::uint64_t last{};        // position of its last entry
  };

  void scan();
  Batch recent_after(std::uint64_t cursor);
  Batch search_after(std::uint64_t cursor) const;

  const Log& log_;
  std::mutex mutex_;
  std::uint64_t scanned_;     // position of the last entry that was judged
  std::uint64_t from_;        // of all behind this one the wanted ones are in recent_
  std::deque<Entry> recent_;  // none that the log let go, from one scan to the next
  std::uint64_t newest_;      // the last one that is wanted, or may have been
  std::uint64_t told_;        // newest_ at the last news()
  std::optional<SharedBatch> shared_;
};

// Finds the one that others use already. Any thread.
template <class One>
class Shared {
 public:
  // Made of `how` where there is none for this key.
  template <class... How>
  std::shared_ptr<One> get(const std::string& key, How&&... how) {
    const std::lock_guard lock(mutex_);
    std::erase_if(all_, [](const auto& each) { return each.second.expired(); });
    std::weak_ptr<One>& known = all_[key];
    auto one = known.lock();
    if (!one) {
      one = std::make_shared<One>(std::forward<How>(how)...);
      known = one;
    }
    return one;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return all_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<One>> all_;
};

template <class T, class Bytes>
typename Selection<T, Bytes>::Batch Selection<T, Bytes>::after(std::uint64_t cursor) {
  {
    const std::lock_guard lock(mutex_);
    scan();
    if (cursor >= from_) {
      return recent_after(cursor);
    }
  }
  return search_after(cursor);
}

template <class T, class Bytes>
bool Selection<T, Bytes>::news() {
  const std::lock_guard lock(mutex_);
  scan();
  return std::exchange(told_, newest_) != newest_;
}

template <class T, class Bytes>
void Selection<T, Bytes>::scan() {
  while (true) {
    const auto read = log_.read_after(scanned_, batch_max);
    if (read.overrun) {
      // The log was faster than we looked: what is gone may have been wanted.
      recent_.clear();
      scanned_ = from_ = newest_ = read.first - 1;
      continue;
    }
    for (const Entry& entry : read.entries) {
      scanned_ = entry->position;
      if (wants(*entry)) {
        newest_ = scanned_;
        recent_.push_back(entry);
      }
    }
    while (!recent_.empty() &&
           (recent_.size() > recent_max || recent_.front()->position < read.first)) {
      from_ = recent_.front()->position;
      recent_.pop_front();
    }
    if (shared_ && shared_->last < read.first) {
      shared_.reset();
    }
    if (scanned_ == read.last) {
      return;
    }
  }
}

template <class T, class Bytes>
typename Selection<T, Bytes>::Batch Selection<T, Bytes>::recent_after(std::uint64_t cursor) {
  if (cursor > scanned_) {
    return {.overrun = true, .first = log_.first()};  // no cursor of this log
  }
  if (recent_.empty() || recent_.back()->position <= cursor) {
    return {.next = scanned_};
  }
  const std::uint64_t newest = recent_.back()->position;
  if (shared_ && shared_->min <= cursor && cursor <= shared_->max &&
      (shared_->batch.more || shared_->last == newest)) {
    return shared_->batch;
  }
  const auto first =
      std::upper_bound(recent_.begin(), recent_.end(), cursor,
                       [](std::uint64_t at, const Entry& entry) { return at < entry->position; });
  const auto count = std::min<std::ptrdiff_t>(recent_.end() - first, batch_max);
  const std::vector<Entry> entries(first, first + count);
  const bool all = entries.back()->position == newest;
  Made made = make(entries, all ? scanned_ : entries.back()->position);
  const std::uint64_t last = entries[made.taken - 1]->position;
  shared_ = SharedBatch{.batch = {.bytes = std::move(made.bytes),
                                  .count = made.taken,
                                  .next = made.next,
                                  .more = last < newest},
                        .min = first == recent_.begin() ? from_ : (*std::prev(first))->position,
                        .max = entries.front()->position - 1,
                        .last = last};
  return shared_->batch;
}

// Without the lock: who is far behind, or comes back with an old token, holds nobody up.
template <class T, class Bytes>
typename Selection<T, Bytes>::Batch Selection<T, Bytes>::search_after(std::uint64_t cursor) const {
  while (true) {
    auto read = log_.read_after(cursor, batch_max);
    if (read.overrun) {
      return {.overrun = true, .first = read.first};
    }
    if (read.entries.empty()) {
      return {.next = cursor};
    }
    cursor = read.entries.back()->position;
    std::erase_if(read.entries, [this](const Entry& entry) { return !wants(*entry); });
    if (!read.entries.empty()) {
      Made made = make(read.entries, cursor);
      return {.bytes = std::move(made.bytes),
              .count = made.taken,
              .next = made.next,
              .more = made.next < read.last};
    }
  }
}

}  // namespace swim::server
