"""More rows of SEED.md about bytes: what is a view, what allocates, keys, leases; and the generators of tests."""

from mutation import Edit, Mutation
from rows_bytes import AEAD, KEY, PACKET, POOL, READER, WRITER, crypto, pool, wire, wire_property

VALUES = "tests/generators/wire_value_generators.hpp"
MESSAGES = "tests/generators/wire_generators.hpp"


def generated(*tests):
    return [f"wire_property_test GeneratedValues.{test}" for test in tests]


ROWS_OF_VALUES = [
    # ---- codec ----
    Mutation("row_clock", "whoever has the engine's timeline can ask it for the time",
             Edit("core/base/time.hpp", "  static constexpr bool is_steady = true;\n",
                  "  static constexpr bool is_steady = true;\n  static time_point now() { return {}; }\n"),
             reds="base_test Time.the_engine_cannot_ask_what_time_it_is"),
    Mutation("row_views", "a string is copied before it is handed out",
             Edit(READER, "    return as_text(read_blob(max));\n",
                  "    static thread_local ByteVector kept;\n    const Bytes read = read_blob(max);\n"
                  "    kept.assign(read.begin(), read.end());\n    return as_text(kept);\n"),
             reds=wire("Decoder.strings_and_bytes_are_views_of_the_input", "Codec.decoded_views_point_into_the_packet")),
    Mutation("row_decode_allocates", "what is left of a packet is copied for each message",
             Edit(PACKET, "    const auto raw = split_message(rest_);\n",
                  "    const ByteVector copy(rest_.begin(), rest_.end());\n"
                  "    if (const auto looked = split_message(copy); !looked) return end_with(looked.error());\n"
                  "    const auto raw = split_message(rest_);\n"),
             reds=wire("Codec.decode_allocates_nothing")),
    Mutation("row_encode_allocates", "each message is encoded to a buffer of its own first",
             Edit(PACKET, "  if (count_ == messages_max) return fail(Errc::buffer_too_small, \"the packet's count is full\");\n",
                  "  if (count_ == messages_max) return fail(Errc::buffer_too_small, \"the packet's count is full\");\n"
                  "  ByteVector copy(encoded_size(message));\n"
                  "  if (const auto tried = encode_message(message, copy); !tried) return tl::unexpected<Error>(tried.error());\n"),
             reds=wire("Codec.encode_allocates_nothing")),
    Mutation("row_primitives", "a number is read by seven bits a byte",
             Edit(READER, "value = value << 8 | bytes[i];", "value = value << 7 | bytes[i];"),
             reds=[*wire_property("Codec.test_encoder_decoder_roundtrip"), *wire("Decoder.read_operations")]),
    Mutation("row_write_bytes", "bytes are written with a length in front",
             Edit(WRITER, "    if (!reserve(bytes.size())) return;\n    append(bytes);\n", "    write_blob(bytes);\n"),
             reds=wire("Encoder.write_bytes_has_no_length")),
    Mutation("row_written", "what was written is handed out as a copy",
             Edit(WRITER, "  Bytes written() const { return out_.first(position_); }",
                  "  Bytes written() const {\n    static thread_local ByteVector copy;\n"
                  "    copy.assign(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(position_));\n    return copy;\n  }"),
             reds=wire("Encoder.written_is_a_view_of_the_callers_buffer")),
    Mutation("row_writer_reset", "a failure is remembered beyond a reset",
             Edit(WRITER, "    position_ = 0;\n    ok_ = true;\n", "    position_ = 0;\n"),
             reds=wire("Encoder.reset_and_remaining")),
    Mutation("row_throws", "what is cut short throws",
             Edit(READER, "      fail(Errc::truncated);\n      return {};\n", "      throw Error{Errc::truncated, {}};\n"),
             reds=wire_property("Codec.any_bytes_decode_or_fail_without_harm")),
    Mutation("row_max_bytes", "what does not fit spoils the packet for all that would",
             Edit(PACKET, "  if (!size) return tl::unexpected<Error>(size.error());\n  if (count_ == 0) first_ = position_;\n",
                  "  if (!size) {\n    usable_ = false;\n    return tl::unexpected<Error>(size.error());\n  }\n"
                  "  if (count_ == 0) first_ = position_;\n"),
             reds=wire("Packet.writer_keeps_what_fitted_when_something_does_not")),
    # ---- crypto ----
    Mutation("row_overhead", "a tag is four bytes short",
             Edit("core/crypto/aead.hpp", "inline constexpr std::size_t tag_size = 16;", "inline constexpr std::size_t tag_size = 12;"),
             reds=crypto("Crypto.constants_are_those_of_the_seed", "Crypto.output_size_is_input_size_plus_28")),
    Mutation("row_valid_key", "a key of 32 bytes is too long",
             Edit(KEY, "  if (bytes.size() != key_size) {", "  if (bytes.size() != key_size / 2) {"),
             reds=crypto("Crypto.valid_32_byte_key_is_accepted")),
    Mutation("row_ciphertexts", "all plaintexts of one length are sealed alike",
             Edit(AEAD, "  contexts_->update(plaintext, out.data());\n",
                  "  contexts_->update(ByteVector(plaintext.size()), out.data());\n"),
             reds=crypto("Crypto.different_plaintexts_give_different_ciphertexts")),
    Mutation("row_plaintext_shows", "a box holds what it should hide",
             Edit(AEAD, "  contexts_->update(plaintext, out.data());\n",
                  "  const ByteVector copy = to_vector(plaintext);\n  contexts_->update(plaintext, out.data());\n"
                  "  std::copy(copy.begin(), copy.end(), out.begin());\n"),
             reds=crypto("Crypto.ciphertext_differs_from_plaintext")),
    Mutation("row_in_place", "a box is cleared before it is filled, and with it what it is filled from",
             Edit(AEAD, "  contexts_->begin(true, nonce, aad);\n",
                  "  std::fill(out.begin(), out.end(), std::uint8_t{0});\n  contexts_->begin(true, nonce, aad);\n"),
             reds=crypto("Aead.seals_and_opens_in_place")),
    Mutation("row_key_in_errors", "an error quotes the key that it is about",
             Edit(KEY, "    return fail(Errc::invalid_key, \"not base64\");", "    return fail(Errc::invalid_key, text);"),
             reds=crypto("Key.errors_hold_no_key_material")),
    # ---- buffer pool ----
    Mutation("row_acquire_waits", "who should wait for a buffer goes without",
             Edit(POOL, "    returned_.wait(lock, [this] { return !free_.empty(); });", "    return {};"),
             reds=pool("acquire_waits_for_a_release")),
    Mutation("row_try_acquire", "where no buffer is free an empty one is lent",
             Edit(POOL, "    ++misses_;\n    return std::nullopt;", "    ++misses_;\n    return Lease{};"),
             reds=pool("try_acquire_goes_without_where_there_is_none")),
    Mutation("row_release", "a lease that is written over keeps its buffer for ever",
             Edit(POOL, "    release();\n    pool_ = std::exchange(other.pool_, nullptr);", "    pool_ = std::exchange(other.pool_, nullptr);"),
             reds=pool("a_lease_moves_its_buffer_and_gives_it_back_once")),
    Mutation("row_with_buffer", "a buffer is lent and hidden",
             Edit("core/base/buffer_pool.hpp", "    return std::forward<F>(fn)(lease.bytes());", "    return std::forward<F>(fn)(lease.bytes().first(0));"),
             reds=pool("with_buffer_hands_over_a_buffer_and_returns_the_result")),
    Mutation("row_pool_counts", "a hit is not counted where the last buffer is lent",
             Edit(POOL, "  ++hits_;\n  const Number number", "  hits_ += free_.size() > 1 ? 1 : 0;\n  const Number number"),
             reds="base_property_test BufferPool.lends_each_buffer_to_one_holder_and_counts_right"),
    Mutation("row_pool_concurrent", "two threads may be lent one buffer",
             Edit(POOL, "MutableBytes(storage_).subspan(number * size_, size_);", "MutableBytes(storage_).subspan(number / 3 * size_, size_);"),
             reds=pool("test_buffer_pool_concurrent")),
    # ---- generators ----
    Mutation("row_gen_names", "names are generated that are one byte too long",
             Edit(VALUES, "rc::gen::element(std::string(), std::string(max, 'x'))", "rc::gen::element(std::string(), std::string(max + 1, 'x'))"),
             reds=[*generated("node_infos", "pings_ping_reqs_and_acks", "user_msgs_and_any_protocol_msg", "packets"),
                   *wire_property("Generators.reach_the_edges", "Codec.test_codec_roundtrip",
                                  "Codec.any_message_roundtrips_through_a_frame")]),
    Mutation("row_gen_states", "nobody who is generated leaves",
             Edit(VALUES, "      rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>());", "      rc::gen::just(false), rc::gen::arbitrary<bool>());"),
             reds=generated("node_ids_incarnations_and_member_states")),
    Mutation("row_gen_addresses", "no address of IPv6 is generated",
             Edit(VALUES, "    if (*rc::gen::arbitrary<bool>())\n      return Endpoint::v4", "    if (*rc::gen::just(true))\n      return Endpoint::v4"),
             reds=generated("node_infos")),
    Mutation("row_gen_acks", "every ack that is generated has a payload",
             Edit(MESSAGES, "    if (*rc::gen::arbitrary<bool>()) {\n      ack.payload", "    if (*rc::gen::just(true)) {\n      ack.payload"),
             reds=generated("pings_ping_reqs_and_acks")),
    Mutation("row_gen_suspects", "suspicions of nobody are generated",
             Edit(MESSAGES, "    suspect.claim.suspect = true;\n", "    suspect.claim.suspect = false;\n"),
             reds=generated("alives_suspects_and_deads")),
    Mutation("row_gen_payloads", "payloads are generated that fit no datagram by far",
             Edit(MESSAGES, "    message.payload = arena.keep(*gen_bytes(limits::datagram_bytes_default));\n",
                  "    message.payload = arena.keep(*gen_bytes(1 << 17));\n"),
             reds=generated("user_msgs_and_any_protocol_msg")),
    Mutation("row_gen_packets", "no packet is generated without something behind its first message",
             Edit(MESSAGES, "rc::gen::inRange<std::size_t>(0, piggyback_max + 1);", "rc::gen::inRange<std::size_t>(1, piggyback_max + 1);"),
             reds=[*generated("packets"), *wire_property("Generators.reach_the_edges")]),
    Mutation("row_gen_bytes", "the longest bytes are left out",
             Edit(VALUES, "         {1, rc::gen::inRange<std::size_t>(0, max + 1)},\n         {1, rc::gen::element<std::size_t>(0, max)}});",
                  "         {1, rc::gen::inRange<std::size_t>(0, max / 2 + 1)}});"),
             reds=generated("bytes_of_various_sizes")),
    Mutation("row_gen_types", "one type of message is never generated",
             Edit(MESSAGES, "gen_fetch(), gen_spread(), gen_announcement());", "gen_fetch(), gen_spread());"),
             reds=wire_property("Generators.reach_each_message_of_a_datagram_about_as_often")),
    Mutation("row_gen_shrinks", "a counterexample stays as large as it was found",
             Edit(MESSAGES, "  return rc::gen::exec([piggyback_max] {", "  return rc::gen::noShrink(rc::gen::exec([piggyback_max] {"),
             Edit(MESSAGES, "    return packet;\n  });", "    return packet;\n  }));"),
             reds=wire_property("Generators.shrink_a_counterexample_to_the_smallest")),
]
