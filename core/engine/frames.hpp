// Messages into the frames of one stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/bytes.hpp"
#include "core/base/limits.hpp"
#include "core/crypto/secure_stream.hpp"
#include "core/engine/record.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

// Packs messages into as many frames as they need, each of at most `frame_bytes`.
class Frames {
 public:
  explicit Frames(crypto::SecureStream& secure,
                  std::size_t frame_bytes = limits::stream_frame_bytes_max)
      : secure_(secure),
        memory_(std::make_unique_for_overwrite<std::uint8_t[]>(frame_bytes)),
        buffer_(memory_.get(), frame_bytes),
        writer_(buffer_) {}

  bool add(const wire::Message& message) {
    if (writer_.add(message)) {
      return true;
    }
    return flush(false) && writer_.add(message).has_value();
  }
  bool flush(bool last) {
    const bool sent = secure_.send_frame(writer_.finish(), last).has_value();
    writer_ = wire::FrameWriter(buffer_);
    return sent;
  }

 private:
  crypto::SecureStream& secure_;
  std::unique_ptr<std::uint8_t[]> memory_;  // not zeroed: most frames fill little of it
  MutableBytes buffer_;
  wire::FrameWriter writer_;
};

// One record as others need it. A terminal claim makes a tombstone whatever the descriptor, and its
// message says who declared it.
bool add_record(Frames& frames, const Record& record, TimePoint now);

}  // namespace swim::engine
