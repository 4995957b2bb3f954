// Keys, the sealed box and datagrams (seed: bench_crypto), on 1,200 bytes: a full datagram.
#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "bench/support/report.hpp"
#include "core/crypto/datagram_sealer.hpp"

namespace swim::bench {
namespace {

constexpr std::size_t text_bytes = 1'200;
constexpr std::uint64_t inbox = 11;

crypto::Key key() {
  return *crypto::Key::from_bytes(ByteVector(crypto::key_size, 7));
}

void set_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text_bytes));
}

// The seed's box: a random nonce each time, a new buffer for each result.
void bench_encrypt(benchmark::State& state) {
  const crypto::Key secret = key();
  const ByteVector text(text_bytes, 3);
  measure(state, [&] { benchmark::DoNotOptimize(crypto::encrypt(secret, text)); });
  set_bytes(state);
}
BENCHMARK(bench_encrypt);

void bench_decrypt(benchmark::State& state) {
  const crypto::Key secret = key();
  const ByteVector box = crypto::encrypt(secret, ByteVector(text_bytes, 3));
  if (!crypto::decrypt(secret, box)) {
    state.SkipWithError("an honest box does not open");
    return;
  }
  measure(state, [&] { benchmark::DoNotOptimize(crypto::decrypt(secret, box)); });
  set_bytes(state);
}
BENCHMARK(bench_decrypt);

// From 32 bytes to something that can seal: the key and its reused contexts.
void bench_key_init(benchmark::State& state) {
  const ByteVector bytes(crypto::key_size, 7);
  measure(state, [&] {
    crypto::Aead aead(*crypto::Key::from_bytes(bytes));
    benchmark::DoNotOptimize(&aead);
  });
}
BENCHMARK(bench_key_init);

crypto::DatagramSealer sealer(std::uint64_t& session) {
  return {crypto::Keyring(key()), "bench/crypto", [&session] { return ++session; }};
}

// What each datagram costs on its way out: in place, the key derived once a session.
void bench_seal_datagram(benchmark::State& state) {
  std::uint64_t session = 100;
  crypto::DatagramSealer sender = sealer(session);
  std::array<std::uint8_t, text_bytes + crypto::datagram_overhead> datagram{};
  if (!sender.seal(datagram, text_bytes, inbox)) {
    state.SkipWithError("an honest datagram does not seal");
    return;
  }
  measure(state, [&] {
    benchmark::DoNotOptimize(sender.seal(datagram, text_bytes, inbox));
    benchmark::ClobberMemory();
  });
  set_bytes(state);
}
BENCHMARK(bench_seal_datagram);

// And on its way in. Each opens once only, so they are sealed in batches, outside of the measure.
void bench_open_datagram(benchmark::State& state) {
  constexpr std::int64_t batch = 512;
  std::uint64_t session = 100;
  crypto::DatagramSealer sender = sealer(session);
  crypto::DatagramSealer receiver = sealer(session);
  receiver.set_inbox(inbox, TimePoint{}, std::chrono::minutes(10));
  std::vector<ByteVector> sealed(batch, ByteVector(text_bytes + crypto::datagram_overhead));
  std::size_t refused = 0;
  const auto seal_all = [&] {
    for (ByteVector& datagram : sealed) {
      refused += sender.seal(datagram, text_bytes, inbox) ? 0 : 1;
    }
  };
  const auto open_all = [&] {
    for (ByteVector& datagram : sealed) {
      refused += receiver.open(datagram, TimePoint{}) ? 0 : 1;
    }
  };
  seal_all();
  open_all();  // the session's key is derived here
  seal_all();
  const test::AllocationCount allocations;
  open_all();
  const auto count = static_cast<double>(allocations.count());
  state.counters["allocations"] = count / static_cast<double>(batch);
  while (state.KeepRunningBatch(batch)) {
    state.PauseTiming();
    seal_all();
    state.ResumeTiming();
    open_all();
  }
  if (refused > 0) {
    state.SkipWithError("an honest datagram was refused");
  }
  set_bytes(state);
}
BENCHMARK(bench_open_datagram);

}  // namespace
}  // namespace swim::bench
