// The file of remembered peers: whole or refused, never half believed.
#include "core/runtime/peer_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/limits.hpp"

namespace swim::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<Endpoint> peers{Endpoint::v4(10, 0, 0, 7, 7946), *parse_endpoint("[fd00::2]:1")};

class PeerFile : public ::testing::Test {
 protected:
  PeerFile() {
    std::string folder = std::filesystem::temp_directory_path() / "swim-peers-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    path = folder_ / "peers";
  }
  ~PeerFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void put(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }
  std::string content() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string refusal() const {
    const auto read = read_peers(path, "prod");
    return read ? std::string() : read.error();
  }

  std::filesystem::path folder_;
  std::string path;
};

TEST_F(PeerFile, WhatIsWrittenIsReadAgain) {
  ASSERT_TRUE(write_peers(path, encode_peers("prod", peers)));
  EXPECT_EQ(read_peers(path, "prod"), peers);
  ASSERT_TRUE(write_peers(path, encode_peers("prod", {peers[1]})));
  EXPECT_EQ(read_peers(path, "prod"), std::vector{peers[1]});
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_FALSE(std::filesystem::exists(path + ".next"));
}

TEST_F(PeerFile, ItHoldsAddressesAndNothingElse) {
  EXPECT_EQ(encode_peers("prod", peers),
            "swim-peers 1\ncluster prod\n10.0.0.7:7946\n[fd00::2]:1\nchecksum cb4209cd276cc4ac\n");
}

TEST_F(PeerFile, NoFileIsNoPeersAndNoError) {
  EXPECT_EQ(read_peers(path, "prod"), std::vector<Endpoint>{});
}

TEST_F(PeerFile, ATruncatedFileIsRefusedWhereverItEnds) {
  const std::string text = encode_peers("prod", peers);
  for (std::size_t size = 0; size < text.size(); ++size) {
    put(text.substr(0, size));
    EXPECT_THAT(refusal(), HasSubstr("snapshot.path " + path + " is ")) << size;
  }
}

TEST_F(PeerFile, OneChangedBitIsSeenWhereverItIs) {
  const std::string text = encode_peers("prod", peers);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    put(damaged);
    EXPECT_THAT(refusal(), HasSubstr("snapshot.path " + path)) << i;
  }
}

TEST_F(PeerFile, AFileOfSomethingElseIsRefused) {
  put("node:\n  name: a\n");
  EXPECT_THAT(refusal(), HasSubstr("is no list of peers"));
  put(std::string(limits::peer_file_bytes_max + 1, 'x'));
  EXPECT_THAT(refusal(), HasSubstr("far too large"));
  put(encode_peers("other", peers));
  EXPECT_THAT(refusal(), HasSubstr("belongs to another cluster other"));
  put(encode_peers("prod\nno address", {}));
  EXPECT_THAT(refusal(), HasSubstr("no address"));
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_THAT(refusal(), HasSubstr("is no file"));
}

TEST_F(PeerFile, MorePeersThanAreRememberedAreLeftOut) {
  put(encode_peers("prod", std::vector<Endpoint>(limits::remembered_peers_max + 5, peers[0])));
  const auto read = read_peers(path, "prod");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->size(), limits::remembered_peers_max);
}

TEST_F(PeerFile, AsManyPeersAsAreRememberedFitTheFile) {
  const Endpoint longest = *parse_endpoint("[fd00:1111:2222:3333:4444:5555:6666:7777]:65535");
  const std::vector<Endpoint> all(limits::remembered_peers_max, longest);
  EXPECT_LE(encode_peers(std::string(limits::label_bytes_max, 'l'), all).size(),
            limits::peer_file_bytes_max);
}

TEST_F(PeerFile, AFolderThatIsNotThereIsNamed) {
  const auto written = write_peers(path + "/below", "text");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error(), HasSubstr("can't be written: No such file or directory"));
}

// As on a full disk: the bytes can't be written, and what was there stays.
TEST_F(PeerFile, AWriteThatFailsLeavesTheOldFileWhole) {
  ASSERT_TRUE(write_peers(path, encode_peers("prod", peers)));
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit nothing{};
    ::setrlimit(RLIMIT_FSIZE, &nothing);
    const auto written = write_peers(path, encode_peers("prod", {}));
    ::_exit(written ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the write went through";
  EXPECT_EQ(read_peers(path, "prod"), peers);
  EXPECT_FALSE(std::filesystem::exists(path + ".next"));
}

}  // namespace
}  // namespace swim::runtime
