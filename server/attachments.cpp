#include "server/attachments.hpp"

#include <vector>

#include "core/runtime/clock.hpp"

namespace swim::server {
namespace {

constexpr Duration retry_after = std::chrono::milliseconds(2);

}  // namespace

bool Attachments::enter(const std::shared_ptr<Attachment>& stream) {
  const std::lock_guard lock(mutex_);
  if (ended_ || streams_.size() >= streams_max) {
    return false;
  }
  streams_.emplace(stream.get(), stream);
  return true;
}

void Attachments::leave(const Attachment* stream) {
  const std::lock_guard lock(mutex_);
  std::erase_if(by_name_, [stream](const auto& one) { return one.second == stream; });
  streams_.erase(stream);
}

void Attachments::attached(const std::string& name, const std::shared_ptr<Attachment>& stream) {
  std::shared_ptr<Attachment> before;
  {
    const std::lock_guard lock(mutex_);
    const auto place = by_name_.find(name);
    if (place != by_name_.end() && place->second != stream.get()) {
      before = streams_.at(place->second);
      by_name_.erase(place);
    }
    if (streams_.contains(stream.get())) {
      by_name_[name] = stream.get();
    }
  }
  if (before) {
    before->replace();
  }
}

void Attachments::tell(const std::function<Expected<void>(AppId)>& command, AppId id) {
  const auto told = command(id);
  if (!told && told.error().code == Errc::queue_full) {
    fan_out_.at(runtime::steady_now() + retry_after, [this, &command, id] { tell(command, id); });
  }
}

void Attachments::end_all() {
  std::vector<std::shared_ptr<Attachment>> all;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (const auto& [raw, stream] : streams_) {
      all.push_back(stream);
    }
  }
  for (const auto& stream : all) {
    stream->end();
  }
}

bool Attachments::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

std::size_t Attachments::open() const {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

}  // namespace swim::server
