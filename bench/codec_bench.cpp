// Encoding and decoding of the native packet (seed: bench_codec). Zero allocations are expected.
#include <benchmark/benchmark.h>

#include "bench/support/messages.hpp"
#include "bench/support/report.hpp"

namespace swim::bench {
namespace {

using Buffer = std::array<std::uint8_t, packet_bytes>;

void bench_encode_ping(benchmark::State& state) {
  const wire::Message message = ping();
  Buffer buffer{};
  measure(state, [&] {
    wire::PacketWriter writer(buffer, "");
    benchmark::DoNotOptimize(writer.add(message));
    benchmark::DoNotOptimize(writer.finish().data());
    benchmark::ClobberMemory();
  });
}
BENCHMARK(bench_encode_ping);

void bench_encode_packet(benchmark::State& state) {
  const wire::Message primary = ping();
  const std::vector<wire::Message> piggyback = full_piggyback();
  Buffer buffer{};
  const auto size = wire::encode_packet("", primary, piggyback, buffer);
  if (!size) {
    state.SkipWithError("the packet does not fit its buffer");
    return;
  }
  measure(state, [&] {
    benchmark::DoNotOptimize(wire::encode_packet("", primary, piggyback, buffer));
    benchmark::ClobberMemory();
  });
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(*size));
  state.counters["messages"] = static_cast<double>(1 + piggyback.size());
}
BENCHMARK(bench_encode_packet);

std::size_t decode_all(Bytes packet) {
  std::size_t messages = 0;
  auto view = wire::open_packet(packet);
  while (view) {
    const auto message = view->reader.next();
    if (!message || !*message) {
      break;
    }
    benchmark::DoNotOptimize(&**message);
    ++messages;
  }
  return messages;
}

void bench_decode_packet(benchmark::State& state) {
  const std::vector<wire::Message> piggyback = full_piggyback();
  Buffer buffer{};
  const auto size = wire::encode_packet("", ping(), piggyback, buffer);
  const Bytes packet = size ? Bytes(buffer).first(*size) : Bytes();
  if (decode_all(packet) != 1 + piggyback.size()) {
    state.SkipWithError("the packet does not decode");
    return;
  }
  measure(state, [&] { benchmark::DoNotOptimize(decode_all(packet)); });
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(packet.size()));
  state.counters["messages"] = static_cast<double>(1 + piggyback.size());
}
BENCHMARK(bench_decode_packet);

// Of a single Alive, the largest message that gossip carries: asked for each message of a packet.
void bench_encoded_size(benchmark::State& state) {
  const wire::Message message = alive();
  measure(state, [&] {
    const wire::Message* subject = &message;
    benchmark::DoNotOptimize(subject);
    benchmark::DoNotOptimize(wire::encoded_size(*subject));
  });
}
BENCHMARK(bench_encoded_size);

}  // namespace
}  // namespace swim::bench
