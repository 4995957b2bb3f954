#include "core/crypto/stream_frames.hpp"

#include <algorithm>
#include <string>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/crypto/big_endian.hpp"

namespace swim::crypto {
namespace {

constexpr std::uint8_t last_flag = 0x01;

Nonce frame_nonce(std::uint64_t number) {
  Nonce nonce{};
  store_be(number, MutableBytes(nonce).last(sizeof(number)));
  return nonce;
}

}  // namespace

Key frame_key(const Key& cluster_key, std::string_view label, const StreamRandoms& randoms,
              Side sender) {
  std::array<std::uint8_t, 32> salt{};
  std::copy(randoms.initiator.begin(), randoms.initiator.end(), salt.begin());
  std::copy(randoms.responder.begin(), randoms.responder.end(), salt.begin() + 16);
  std::string info = "stream";
  info += label;
  info += static_cast<char>(sender);
  return derive_key(cluster_key, salt, info);
}

Expected<std::optional<FrameHeader>> read_frame_header(Bytes bytes) {
  if (bytes.size() < frame_header_size) {
    return std::nullopt;
  }
  const FrameHeader header{load_be<std::uint32_t>(bytes), bytes[4] == last_flag};
  if (header.length > limits::stream_frame_bytes_max + tag_size) {
    return fail(Errc::too_large, "stream frame");
  }
  if (header.length < tag_size || bytes[4] > last_flag) {
    return fail(Errc::malformed, "stream frame");
  }
  return header;
}

void FrameSealer::seal(Bytes plaintext, bool last, ByteVector& out) {
  SWIM_ASSERT(plaintext.size() <= limits::stream_frame_bytes_max);
  const std::size_t start = out.size();
  out.resize(start + frame_header_size + plaintext.size() + tag_size);
  const MutableBytes frame = MutableBytes(out).subspan(start);
  store_be(static_cast<std::uint32_t>(plaintext.size() + tag_size), frame);
  frame[4] = last ? last_flag : 0;
  aead_.seal(frame_nonce(next_++), frame.first(frame_header_size), plaintext,
             frame.subspan(frame_header_size));
}

Expected<MutableBytes> FrameOpener::open(MutableBytes frame) {
  const MutableBytes box = frame.subspan(frame_header_size);
  auto opened = aead_.open(frame_nonce(next_++), frame.first(frame_header_size), box, box);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  return box.first(box.size() - tag_size);
}

}  // namespace swim::crypto
