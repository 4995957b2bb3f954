// The native plaintext format (DESIGN §5), between sealing and meaning.
//
//   packet  = "SWIM" version(1) cluster(u16 string) count(u16) message × (1 + count): primary,
//   piggybacked frame   = message × n, to the end (a stream frame's plaintext) message = tag(1)
//   length(u16, of the body; u32 for tags ≥ 0x20) body
//
// Big-endian, strings and byte strings length-prefixed (u16; payloads of stream messages u32).
// Encoding and decoding allocate nothing. Pure functions and cursors, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/wire/message.hpp"

namespace swim::wire {

inline constexpr std::string_view magic = "SWIM";
inline constexpr std::uint8_t version = 1;

// Exactly what the message adds to a packet or frame: tag, length and body.
std::size_t encoded_size(const Message& message);

// Bytes before the first message of a packet.
constexpr std::size_t packet_header_size(std::string_view cluster) {
  return magic.size() + 1 + 2 + cluster.size() + 2;
}

// Writes one packet into the caller's buffer. The first message added is the primary one.
class PacketWriter {
 public:
  // `out` must outlive the writer. `cluster` may be empty: the sealed box binds the label (DESIGN
  // §5).
  PacketWriter(MutableBytes out, std::string_view cluster);
  // Adds the message if it fits; on an error nothing is written and the packet is as before.
  // Errors: buffer_too_small; too_large (a field over its limit, or a body over 65,535 bytes) and
  // malformed (a claim that does not fit its message): what a peer would refuse is not sent.
  Expected<void> add(const Message& message);
  // What still fits, for callers that choose by size.
  std::size_t remaining() const;
  std::size_t messages() const;
  // The packet so far: a view into `out`. Empty before the first message.
  Bytes finish();

 private:
  MutableBytes out_;
  std::size_t position_{};
  std::size_t first_{};  // where the first message starts
  std::size_t count_{};
  bool usable_{};  // the header fitted
};

// Writes the messages of one stream frame.
class FrameWriter {
 public:
  explicit FrameWriter(MutableBytes out);
  // As PacketWriter::add.
  Expected<void> add(const Message& message);
  std::size_t remaining() const;
  Bytes finish() const;

 private:
  MutableBytes out_;
  std::size_t position_{};
};

struct PacketView;

// Reads messages one after the other. Unknown tags are skipped and counted (in a packet, stream
// messages too), unknown trailing fields of a known message are ignored. After an error the reader
// is at its end.
class MessageReader {
 public:
  MessageReader() = default;
  // nullopt at the end. Errors: truncated, malformed, too_large, trailing_bytes.
  Expected<std::optional<Message>> next();
  std::size_t skipped() const { return skipped_; }

 private:
  friend Expected<PacketView> open_packet(Bytes packet);
  friend MessageReader read_frame(Bytes frame);
  MessageReader(Bytes rest, std::size_t expected, bool to_end, std::size_t skipped)
      : rest_(rest), expected_(expected), skipped_(skipped), to_end_(to_end) {}
  tl::unexpected<Error> end_with(Error error);

  Bytes rest_;
  std::size_t expected_{};  // messages still to come; ignored where `to_end_`
  std::size_t skipped_{};
  bool to_end_{};
};

struct PacketView {
  std::string_view cluster;
  std::size_t messages{};  // primary and piggybacked
  MessageReader reader;    // views into the packet
};

// Checks the header only; the messages are checked as they are read.
// Errors: truncated, bad_magic, bad_version, too_large (the cluster's name).
Expected<PacketView> open_packet(Bytes packet);

MessageReader read_frame(Bytes frame);

// The seed's whole-packet API, on the above. Returns the number of bytes written.
Expected<std::size_t> encode_packet(std::string_view cluster, const Message& primary,
                                    std::span<const Message> piggyback, MutableBytes out);

// Decodes one message from the front of `bytes` and says how many bytes it took.
struct DecodedMessage {
  Message message;
  std::size_t size{};
};
// Errors: truncated, malformed, too_large, bad_tag (an unknown tag).
Expected<DecodedMessage> decode_message(Bytes bytes);

}  // namespace swim::wire
