#include "bench/broadcast/publisher.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace swim::bench {
namespace {

constexpr std::size_t kBatchMax = 256;  // of BroadcastStreamRequest
// Between two batches at a pace. A fast producer writes what came up in some milliseconds at once,
// a slow one each message by itself.
constexpr std::chrono::milliseconds kFastPause{5};
constexpr std::chrono::milliseconds kSlowPause{1};
constexpr double kSlow = 1'000;  // messages/s

constexpr double kLongestStop = 30;  // seconds, however the answers trickle

double seconds_since(std::uint64_t ns) {
  return static_cast<double>(now_ns() - ns) / 1e9;
}

std::chrono::milliseconds pause_of(double per_second) {
  return per_second <= kSlow ? kSlowPause : kFastPause;
}

}  // namespace

Publisher::Publisher(std::shared_ptr<grpc::Channel> channel, std::uint32_t index, Load load,
                     Ledger& ledger)
    : stub_(v1::MessagingService::NewStub(std::move(channel))),
      index_(index),
      load_(std::move(load)),
      ledger_(ledger),
      start_ns_(now_ns()),
      stream_(stub_->BroadcastStream(&context_)),
      writer_([this] { write(); }),
      reader_([this] { read(); }) {}

void Publisher::stop(double patience) {
  stopping_.store(true);
  std::uint64_t progress = now_ns();
  std::uint64_t answers = answers_.load();
  const std::uint64_t start = progress;
  while (!finished_.load() && seconds_since(progress) < patience &&
         seconds_since(start) < kLongestStop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (answers_.load() != answers) {
      answers = answers_.load();
      progress = now_ns();
    }
  }
  if (!finished_.load()) {
    context_.TryCancel();
  }
  for (std::thread* thread : {&writer_, &reader_}) {
    if (thread->joinable()) {
      thread->join();
    }
  }
}

std::size_t Publisher::due(std::uint64_t written) const {
  if (load_.per_second <= 0) {
    return kBatchMax;
  }
  const double elapsed = static_cast<double>(now_ns() - start_ns_) / 1e9;
  const double wanted = elapsed * load_.per_second - static_cast<double>(written);
  return static_cast<std::size_t>(std::clamp(wanted, 0.0, static_cast<double>(kBatchMax)));
}

void Publisher::fill(v1::BroadcastStreamRequest& batch, std::uint64_t first,
                     std::size_t count) const {
  batch.Clear();
  batch.set_first_id(first);
  const std::uint64_t now = now_ns();
  for (std::size_t i = 0; i < count; ++i) {
    v1::BroadcastRequest& message = *batch.add_messages();
    message.set_topic(load_.topic);
    std::string& payload = *message.mutable_payload();
    payload.resize(load_.payload_bytes);
    write_stamp({.sent_ns = now, .number = first + i, .publisher = index_},
                std::span<char, kStampBytes>(payload.data(), kStampBytes));
  }
}

void Publisher::write() {
  const auto pause = pause_of(load_.per_second);
  v1::BroadcastStreamRequest batch;
  std::uint64_t written = 0;
  while (!stopping_.load() && written + kBatchMax <= ledger_.capacity()) {
    const std::size_t count = due(written);
    if (count == 0) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    fill(batch, written, count);
    if (!stream_->Write(batch)) {
      break;
    }
    written += count;
  }
  stream_->WritesDone();
}

void Publisher::read() {
  v1::BroadcastStreamResponse response;
  while (stream_->Read(&response)) {
    answers_.fetch_add(1);
    ledger_.accepted(response.accepted());
    for (const auto& rejection : response.rejected()) {
      ++rejected_[rejection.reason()];
    }
  }
  const grpc::Status status = stream_->Finish();
  if (!status.ok()) {
    failure_ = status.error_message().empty() ? "the stream ended" : status.error_message();
  }
  finished_.store(true);
}

}  // namespace swim::bench
