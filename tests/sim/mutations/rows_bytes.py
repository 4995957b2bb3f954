"""Rows of SEED.md about bytes: codec, crypto, buffer pool. What a row states is broken, and the test that shows it is red."""

from mutation import Edit, Mutation

DECODE = "core/wire/native/decode.cpp"
ENCODE = "core/wire/native/encode.cpp"
PACKET = "core/wire/native/packet.cpp"
WRITER = "core/wire/native/byte_writer.hpp"
READER = "core/wire/native/byte_reader.hpp"
AEAD = "core/crypto/aead.cpp"
KEY = "core/crypto/key.cpp"
POOL = "core/base/buffer_pool.cpp"


def wire(*tests):
    return [f"wire_test {test}" for test in tests]


def wire_property(*tests):
    return [f"wire_property_test {test}" for test in tests]


def crypto(*tests):
    return [f"crypto_test {test}" for test in tests]


def crypto_property(*tests):
    return [f"crypto_property_test {test}" for test in tests]


def pool(*tests):
    return [f"base_threads_test BufferPool.{test}" for test in tests]


ROWS_OF_BYTES = [
    # ---- codec ----
    Mutation("row_codec_roundtrip", "a boot is read as something else than was written",
             Edit(DECODE, "  void number(std::uint64_t& value) { value = in_.read_int64_be(); }",
                  "  void number(std::uint64_t& value) { value = in_.read_int64_be() & 0xFFFFFFFFFFFFFF; }"),
             reds=[*wire_property("Codec.test_codec_roundtrip"), *wire("*EachMessage.roundtrips*")]),
    Mutation("row_optional_payload", "an empty payload is read as none",
             Edit(DECODE, "    if (present) value = in_.read_blob(max);",
                  "    const Bytes read = present ? in_.read_blob(max) : Bytes{};\n    if (!read.empty()) value = read;"),
             reds=wire("Codec.an_empty_payload_is_not_the_same_as_none")),
    Mutation("row_encoded_size", "the size told is one more than the size written",
             Edit(ENCODE, "  return measure(message).size();\n", "  return measure(message).size() + 1;\n"),
             reds=wire_property("Codec.test_encoded_size_accurate")),
    Mutation("row_magic", "any four bytes pass for the magic",
             Edit(PACKET, "    in.fail(Errc::bad_magic);\n", "    static_cast<void>(0);\n"),
             reds=wire("Codec.test_invalid_magic_rejected")),
    Mutation("row_version", "any version is taken",
             Edit(PACKET, "  if (in.read_byte() != version) in.fail(Errc::bad_version);", "  static_cast<void>(in.read_byte());"),
             reds=wire("Codec.test_unsupported_version_rejected")),
    Mutation("row_truncated", "a message that was cut is read as far as it goes",
             Edit(READER, "    if (size > rest_.size()) {\n      fail(Errc::truncated);\n      return {};\n    }", "    if (size > rest_.size()) {\n      size = rest_.size();\n    }"),
             reds=[*wire_property("Codec.test_truncated_message_rejected"),
                   *wire("Packet.test_truncated_message_rejected_at_every_prefix")]),
    Mutation("row_tag", "a message of an unknown tag passes for a known one",
             Edit(DECODE, "  if (!message) return fail(Errc::bad_tag);", "  if (!message) return DecodedMessage{Message{}, raw->size};"),
             reds=wire("Codec.test_invalid_tag_rejected")),
    Mutation("row_big_endian", "numbers are written with the least byte first",
             Edit(WRITER, "value >> (8 * (sizeof(T) - 1 - i))", "value >> (8 * i)"),
             reds=wire("Encoder.write_int16_be", "Encoder.write_int32_be", "Encoder.write_int64_be",
                       "*Golden.encodes_to_the_pinned_bytes*")),
    Mutation("row_string_lengths", "a string of 255 bytes and more is refused",
             Edit(WRITER, "    ok_ = ok_ && bytes.size() <= std::numeric_limits<Length>::max();", "    ok_ = ok_ && bytes.size() < 255;"),
             reds=wire("Encoder.write_string_with_various_lengths")),
    Mutation("row_buffer_overflow", "what does not fit by one byte is written",
             Edit(WRITER, "    ok_ = ok_ && size <= out_.size() - position_;", "    ok_ = ok_ && size <= out_.size() - position_ + 1;"),
             reds=wire("Encoder.test_buffer_overflow_detection")),
    Mutation("row_boundaries", "the last byte can't be read",
             Edit(READER, "    if (size > rest_.size()) {\n      fail(Errc::truncated);", "    if (size > 0 && size >= rest_.size()) {\n      fail(Errc::truncated);"),
             reds=wire("Decoder.test_boundary_conditions", "Decoder.read_operations", "Decoder.remaining_and_is_empty")),
    Mutation("row_buffer_too_small", "a packet that does not fit is too large, not its buffer too small",
             Edit(ENCODE, "return fail(Errc::buffer_too_small);", "return fail(Errc::too_large);"),
             reds=wire("Packet.encode_packet_reports_buffer_too_small")),
    Mutation("row_piggyback", "the count of piggybacked messages includes the primary one",
             Edit(PACKET, "static_cast<std::uint16_t>(count_ - 1)", "static_cast<std::uint16_t>(count_)"),
             reds=wire("Packet.with_piggyback_messages", "Packet.with_an_empty_piggyback_list")),
    # ---- crypto ----
    Mutation("row_nonce", "each box is sealed with the same nonce",
             Edit(AEAD, "  random_bytes(nonce);\n", ""),
             reds=crypto("Crypto.nonces_are_unique")),
    Mutation("row_nonce_first", "the nonce is not sent along",
             Edit(AEAD, "  std::copy(nonce.begin(), nonce.end(), box.begin());\n", ""),
             reds=[*crypto("Crypto.nonce_is_prepended", "Crypto.test_crypto_roundtrip")]),
    Mutation("row_counter", "two datagrams of one session have the same nonce",
             Edit("core/crypto/sealing_session.cpp", "datagram_nonce(id_, next_++);", "datagram_nonce(id_, next_++ / 2);"),
             reds=crypto("DatagramSealer.all_nonces_of_all_its_sessions_are_unique")),
    Mutation("row_key_length", "a key of 33 bytes is taken, cut",
             Edit(KEY, "  if (bytes.size() != key_size) {", "  if (bytes.size() < key_size) {\n"
                  "    return fail(Errc::invalid_key_length, \"a key has 32 bytes\");\n  }\n  bytes = bytes.first(key_size);\n"
                  "  if (bytes.empty()) {"),
             reds=[*crypto("Crypto.test_invalid_key_length_rejected"),
                   *crypto_property("Crypto.test_invalid_key_length_rejected_for_any_length_but_32")]),
    Mutation("row_tampered", "nobody looks at the tag",
             Edit(AEAD, "  if (!contexts_->finish()) {\n    return fail(Errc::decryption_failed);\n  }\n", "  (void)contexts_->finish();\n"),
             reds=crypto("Crypto.tampered_ciphertext_is_refused_at_every_byte", "Crypto.wrong_key_is_refused")),
    Mutation("row_too_short", "a box that is shorter than its overhead is only said not to open",
             Edit(AEAD, "  if (box.size() < overhead) {\n    return fail(Errc::too_short);", "  if (box.size() < overhead) {\n    return fail(Errc::decryption_failed);"),
             reds=crypto("Crypto.truncated_data_is_refused_at_every_length")),
    Mutation("row_replay", "one counter in the window is forgotten when it moves",
             Edit("core/crypto/replay_window.hpp", "      for (std::uint32_t i = 1; i <= steps; ++i) {", "      for (std::uint32_t i = 0; i <= steps; ++i) {"),
             reds=crypto_property("ReplayWindow.*")),
    # ---- buffer pool ----
    Mutation("row_cleared", "a buffer comes back with what was in it",
             Edit(POOL, "  std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});\n", ""),
             reds=pool("a_buffer_comes_back_cleared")),
    Mutation("row_exception_safe", "a buffer is lost when its user throws",
             Edit(POOL, "    std::exchange(pool_, nullptr)->take_back(std::exchange(bytes_, {}));", "    pool_ = nullptr;"),
             reds=pool("test_with_buffer_exception_safe", "test_buffer_pool_no_leaks")),
    Mutation("row_hits_and_misses", "going without a buffer is no miss",
             Edit(POOL, "    ++misses_;\n    return std::nullopt;", "    return std::nullopt;"),
             reds=pool("a_hit_is_served_at_once_and_a_miss_is_not")),
    Mutation("row_buffers_apart", "two holders share a buffer",
             Edit(POOL, "MutableBytes(storage_).subspan(number * size_, size_);", "MutableBytes(storage_).subspan(number / 2 * size_, size_);"),
             reds=pool("buffers_are_apart_and_of_the_size_asked_for")),
]
