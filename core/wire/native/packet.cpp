#include "core/wire/native/byte_reader.hpp"
#include "core/wire/native/byte_writer.hpp"
#include "core/wire/native/codec.hpp"
#include "core/wire/native/message_io.hpp"
#include "core/wire/native/tags.hpp"

namespace swim::wire {
namespace {

constexpr std::size_t messages_max =
    1 + 0xFFFF;  // the count on the wire is of the piggybacked ones

}  // namespace

PacketWriter::PacketWriter(MutableBytes out, std::string_view cluster) : out_(out) {
  if (cluster.size() > limits::label_bytes_max) return;
  ByteWriter header(out);
  header.write_bytes(as_bytes(magic));
  header.write_byte(version);
  header.write_string(cluster);
  header.write_int16_be(0);  // finish() puts the count here
  usable_ = header.ok();
  if (usable_) position_ = header.written().size();
}

Expected<void> PacketWriter::add(const Message& message) {
  if (!usable_) return fail(Errc::buffer_too_small, "no room for the packet's header");
  if (count_ == messages_max) return fail(Errc::buffer_too_small, "the packet's count is full");
  const auto size = encode_message(message, out_.subspan(position_));
  if (!size) return tl::unexpected<Error>(size.error());
  if (count_ == 0) first_ = position_;
  position_ += *size;
  ++count_;
  return {};
}

std::size_t PacketWriter::remaining() const {
  return usable_ ? out_.size() - position_ : 0;
}

std::size_t PacketWriter::messages() const {
  return count_;
}

Bytes PacketWriter::finish() {
  if (count_ == 0) return {};
  ByteWriter count(out_.subspan(first_ - sizeof(std::uint16_t), sizeof(std::uint16_t)));
  count.write_int16_be(static_cast<std::uint16_t>(count_ - 1));
  return out_.first(position_);
}

FrameWriter::FrameWriter(MutableBytes out) : out_(out) {}

Expected<void> FrameWriter::add(const Message& message) {
  const auto size = encode_message(message, out_.subspan(position_));
  if (!size) return tl::unexpected<Error>(size.error());
  position_ += *size;
  return {};
}

std::size_t FrameWriter::remaining() const {
  return out_.size() - position_;
}

Bytes FrameWriter::finish() const {
  return out_.first(position_);
}

tl::unexpected<Error> MessageReader::end_with(Error error) {
  *this = MessageReader(Bytes{}, 0, true, skipped_);
  return tl::unexpected<Error>(error);
}

Expected<std::optional<Message>> MessageReader::next() {
  // A message is large: it is decoded into what every way out returns, and never moved.
  Expected<std::optional<Message>> message{std::optional<Message>{}};
  while (to_end_ ? !rest_.empty() : expected_ > 0) {
    const auto raw = split_message(rest_);
    if (!raw) {
      message = end_with(raw.error());
      return message;
    }
    rest_ = rest_.subspan(raw->size);
    if (!to_end_) --expected_;
    // A datagram is no place for a stream message: a stream is fresh by its keys, a datagram is
    // not.
    if (to_end_ || raw->tag < first_stream_tag) {
      if (const auto decoded = decode_body(*raw, *message); !decoded) {
        message = end_with(decoded.error());
        return message;
      }
      if (*message) return message;
    }
    ++skipped_;
  }
  if (!rest_.empty()) message = end_with(Error{Errc::trailing_bytes});
  return message;
}

Expected<PacketView> open_packet(Bytes packet) {
  ByteReader in(packet);
  if (in.read_bytes(magic.size()).size() == magic.size() &&
      as_text(packet.first(magic.size())) != magic) {
    in.fail(Errc::bad_magic);
  }
  if (in.read_byte() != version) in.fail(Errc::bad_version);
  PacketView view;
  view.cluster = in.read_string(limits::label_bytes_max);
  view.messages = std::size_t{1} + in.read_int16_be();
  if (!in.ok()) return tl::unexpected<Error>(in.error());
  view.reader = MessageReader(in.read_rest(), view.messages, false, 0);
  return view;
}

MessageReader read_frame(Bytes frame) {
  return MessageReader(frame, 0, true, 0);
}

Expected<std::size_t> encode_packet(std::string_view cluster, const Message& primary,
                                    std::span<const Message> piggyback, MutableBytes out) {
  PacketWriter writer(out, cluster);
  if (const auto added = writer.add(primary); !added) return tl::unexpected<Error>(added.error());
  for (const Message& message : piggyback) {
    if (const auto added = writer.add(message); !added) return tl::unexpected<Error>(added.error());
  }
  return writer.finish().size();
}

}  // namespace swim::wire
