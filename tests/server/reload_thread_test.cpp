#include "server/reload_thread.hpp"

#include "tests/server/held.hpp"

namespace swim::server {
namespace {

using testing::Held;
using Result = ReloadThread::Result;

// Settings whose first reading waits until the test lets it go on. The reader owns them.
class SlowSettings {
 public:
  SlowSettings(Options options, std::shared_future<void> go)
      : options_(std::move(options)), go_(std::move(go)) {}
  ~SlowSettings() { gone.set_value(); }
  SlowSettings(const SlowSettings&) = delete;
  SlowSettings& operator=(const SlowSettings&) = delete;

  tl::expected<Options, SettingErrors> read() {
    if (++reads == 1) {
      begun.set_value();
      go_.wait();
    }
    return options_;
  }

  std::atomic<int> reads{};
  std::promise<void> begun;
  std::promise<void> gone;

 private:
  const Options options_;
  const std::shared_future<void> go_;
};

std::unique_ptr<ReloadThread> thread_of(Held& held, std::shared_ptr<SlowSettings> settings) {
  return std::make_unique<ReloadThread>(std::make_shared<Reloader>(
      held.settings, held.keys, [settings = std::move(settings)] { return settings->read(); },
      *held.node, held.logger));
}

// What one call was told.
class Told {
 public:
  ReloadThread::Done done() {
    return [this](const Result& result) { result_.set_value(result); };
  }
  Result get() { return result_.get_future().get(); }

 private:
  std::promise<Result> result_;
};

TEST(ReloadThread, who_comes_while_a_reload_is_under_way_shares_the_next) {
  Held held;
  held.release();
  std::promise<void> go;
  const auto settings = std::make_shared<SlowSettings>(held.settings, go.get_future().share());
  const auto reloads = thread_of(held, settings);
  Told first;
  ASSERT_TRUE(reloads->reload(false, first.done()));
  settings->begun.get_future().wait();
  std::vector<Told> later(ReloadThread::waiting_max);
  for (Told& one : later) {
    ASSERT_TRUE(reloads->reload(false, one.done()));
  }
  const auto refused = reloads->reload(false, [](const Result&) { FAIL() << "it was refused"; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::queue_full);
  go.set_value();
  EXPECT_TRUE(first.get());
  for (Told& one : later) {
    EXPECT_TRUE(one.get());
  }
  EXPECT_EQ(settings->reads, 2);
  EXPECT_TRUE(reloads->stop());
}

TEST(ReloadThread, what_is_read_too_late_is_dropped) {
  Held held;
  held.release();
  std::promise<void> go;
  auto settings = std::make_shared<SlowSettings>(held.settings, go.get_future().share());
  auto gone = settings->gone.get_future();
  auto reloads = thread_of(held, settings);
  ASSERT_TRUE(reloads->reload(false, [](const Result&) {}));
  settings->begun.get_future().wait();
  EXPECT_FALSE(reloads->stop());
  settings.reset();
  reloads.reset();
  go.set_value();
  gone.wait();
  EXPECT_EQ(held.lines.count("reload"), 0U) << "neither a success nor a failure";
}

TEST(ReloadThread, that_never_ends_is_left_behind_and_harms_nobody) {
  auto held = std::make_unique<Held>();
  held->release();
  std::promise<void> go;
  auto settings = std::make_shared<SlowSettings>(held->settings, go.get_future().share());
  auto gone = settings->gone.get_future();
  auto reloads = thread_of(*held, settings);
  Told under_way;
  ASSERT_TRUE(reloads->reload(false, under_way.done()));
  settings->begun.get_future().wait();
  Told waiting;
  ASSERT_TRUE(reloads->reload(false, waiting.done()));
  std::promise<void> polled;
  ASSERT_TRUE(reloads->poll_keys([&polled] { polled.set_value(); }));
  held->node->stop();
  EXPECT_FALSE(reloads->stop());
  for (Told* told : {&under_way, &waiting}) {
    const Result result = told->get();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().error.code, Errc::not_running);
  }
  polled.get_future().wait();
  EXPECT_EQ(reloads->reload(false, {}).error().code, Errc::not_running);
  // What it would use is gone before it goes on.
  settings.reset();
  reloads.reset();
  held.reset();
  go.set_value();
  gone.wait();
}

}  // namespace
}  // namespace swim::server
