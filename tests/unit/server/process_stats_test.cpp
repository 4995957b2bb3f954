#include "server/process_stats.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace swim::server {
namespace {

// A /proc and a /sys/fs/cgroup of our own.
class ProcessStatsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/process-stats-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  ProcessStats read() const {
    return read_process_stats((root_ / "proc").string(), (root_ / "cgroup").string());
  }

  std::filesystem::path root_;
};

constexpr const char* v2_stat =
    "usage_usec 900\nuser_usec 500\nnr_periods 40\nnr_throttled 4\nthrottled_usec 2500000\n";
constexpr const char* v1_stat = "nr_periods 50\nnr_throttled 5\nthrottled_time 3500000000\n";

TEST_F(ProcessStatsTest, ReadsThisProcess) {
  const ProcessStats before = read_process_stats();
  ASSERT_TRUE(before.cpu_seconds && before.resident_bytes && before.virtual_bytes);
  ASSERT_TRUE(before.open_fds && before.start_time_seconds);
  EXPECT_GT(*before.resident_bytes, 100'000U);
  EXPECT_GE(*before.virtual_bytes, *before.resident_bytes);
  const double now = static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(
                                             std::chrono::system_clock::now().time_since_epoch())
                                             .count());
  EXPECT_LE(*before.start_time_seconds, now + 2);
  EXPECT_GT(*before.start_time_seconds, now - 3600);
  const int extra = open("/dev/null", O_RDONLY);
  ASSERT_GE(extra, 0);
  EXPECT_EQ(*read_process_stats().open_fds, *before.open_fds + 1);
  close(extra);
}

TEST_F(ProcessStatsTest, ReadsMemoryAndStart) {
  write("proc/self/statm", "300 20 5 1 0 9 0\n");
  // A name with brackets and spaces; the start is the 22nd field.
  write("proc/self/stat", "77 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 500 20 21\n");
  write("proc/stat", "cpu  1 2 3\nbtime 1700000000\n");
  const ProcessStats stats = read();
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  EXPECT_EQ(stats.virtual_bytes, 300 * page);
  EXPECT_EQ(stats.resident_bytes, 20 * page);
  ASSERT_TRUE(stats.start_time_seconds);
  EXPECT_DOUBLE_EQ(*stats.start_time_seconds,
                   1700000000.0 + 500.0 / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

TEST_F(ProcessStatsTest, WhatCannotBeReadIsAbsent) {
  const ProcessStats stats = read();
  EXPECT_FALSE(stats.resident_bytes);
  EXPECT_FALSE(stats.open_fds);
  EXPECT_FALSE(stats.start_time_seconds);
  EXPECT_FALSE(stats.throttling);
}

TEST_F(ProcessStatsTest, ReadsThrottlingOfCgroupV2) {
  write("proc/self/cgroup", "0::/kubepods/pod1\n");
  write("cgroup/kubepods/pod1/cpu.stat", v2_stat);
  const auto throttling = read().throttling;
  ASSERT_TRUE(throttling);
  EXPECT_DOUBLE_EQ(throttling->seconds, 2.5);
  EXPECT_EQ(throttling->periods, 40U);
  EXPECT_EQ(throttling->throttled, 4U);
}

TEST_F(ProcessStatsTest, FindsTheMountsRootWhereThePathIsTheHosts) {
  write("proc/self/cgroup", "0::/../../kubepods/pod1\n");
  write("cgroup/cpu.stat", v2_stat);
  ASSERT_TRUE(read().throttling);
  EXPECT_EQ(read().throttling->throttled, 4U);
}

TEST_F(ProcessStatsTest, TheRootOfCgroupV2HasNoQuota) {
  write("proc/self/cgroup", "0::/\n");
  write("cgroup/cpu.stat", "usage_usec 900\nuser_usec 500\n");
  EXPECT_FALSE(read().throttling);
}

TEST_F(ProcessStatsTest, ReadsThrottlingOfCgroupV1) {
  write("proc/self/cgroup", "5:cpuset:/x\n4:cpu,cpuacct:/docker/abc\n0::/unused\n");
  write("cgroup/cpu,cpuacct/docker/abc/cpu.stat", v1_stat);
  const auto throttling = read().throttling;
  ASSERT_TRUE(throttling);
  EXPECT_DOUBLE_EQ(throttling->seconds, 3.5);
  EXPECT_EQ(throttling->periods, 50U);
  EXPECT_EQ(throttling->throttled, 5U);
}

TEST_F(ProcessStatsTest, AControllerThatOnlySoundsLikeCpuIsNotCpu) {
  write("proc/self/cgroup", "5:cpuset:/x\n6:cpuacct:/x\n");
  write("cgroup/cpu/x/cpu.stat", v1_stat);
  write("cgroup/cpuset/x/cpu.stat", v1_stat);
  EXPECT_FALSE(read().throttling);
}

TEST_F(ProcessStatsTest, NonsenseIsAbsentToo) {
  write("proc/self/cgroup", "nonsense\n::\n0:\n");
  write("proc/self/statm", "x y\n");
  write("proc/self/stat", "77 name without brackets\n");
  write("proc/stat", "btime soon\n");
  const ProcessStats stats = read();
  EXPECT_FALSE(stats.resident_bytes);
  EXPECT_FALSE(stats.start_time_seconds);
  EXPECT_FALSE(stats.throttling);
}

}  // namespace
}  // namespace swim::server
