// The selections of the two logs: members by a filter, messages by topics. What they send is put
// together from events and messages that were put into their form on the wire once.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/event.hpp"
#include "core/engine/snapshot.hpp"
#include "server/member_filter.hpp"
#include "server/selection.hpp"
#include "server/topic_patterns.hpp"

namespace swim::server {

// Which run of the daemon is served, and how many events and messages were converted for its
// streams: each once, however many streams there are.
struct StreamOrigin {
  std::uint64_t boot{};
  std::atomic<std::uint64_t> conversions{};
};

class MemberSelection final : public Selection<MemberEvent, grpc::ByteBuffer> {
 public:
  // `origin` must outlive it.
  MemberSelection(const Log& log, MemberFilter filter, StreamOrigin& origin)
      : Selection(log), filter_(std::move(filter)), origin_(origin) {}

  const MemberFilter& filter() const { return filter_; }
  std::uint64_t boot() const { return origin_.boot; }
  std::string token_at(std::uint64_t position) const;
  // Members of the snapshot that match; counted once for the streams that ask for the same one.
  std::int32_t count(const std::shared_ptr<const Snapshot>& snapshot);

 protected:
  bool wants(const runtime::LogEntry<MemberEvent>& entry) const override;
  Made make(const std::vector<Entry>& entries, std::uint64_t next) const override;

 private:
  MemberFilter filter_;
  StreamOrigin& origin_;
  std::mutex mutex_;
  std::shared_ptr<const Snapshot> counted_;
  std::int32_t count_{};
};

class MessageSelection final : public Selection<MessageEvent, grpc::ByteBuffer> {
 public:
  // A response is closed once it holds so many bytes of payload; one message may be larger.
  static constexpr std::size_t batch_bytes = 256 * 1024;

  // `origin` must outlive it.
  MessageSelection(const Log& log, TopicPatterns topics, bool include_own, StreamOrigin& origin)
      : Selection(log),
        topics_(std::move(topics)),
        include_own_(include_own),
        filter_(topics_.hash() + (include_own ? 1 : 0)),
        origin_(origin) {}

  static std::string key(const TopicPatterns& topics, bool include_own) {
    return topics.key() + (include_own ? "own" : "");
  }
  std::uint64_t boot() const { return origin_.boot; }
  std::uint64_t filter_hash() const { return filter_; }
  std::string token_at(std::uint64_t position) const;

 protected:
  bool wants(const runtime::LogEntry<MessageEvent>& entry) const override;
  Made make(const std::vector<Entry>& entries, std::uint64_t next) const override;

 private:
  TopicPatterns topics_;
  bool include_own_;
  std::uint64_t filter_;
  StreamOrigin& origin_;
};

}  // namespace swim::server
