#include "core/runtime/keyring_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "tests/runtime/support.hpp"

namespace swim::runtime {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::key_of;
using ::testing::Not;

class KeyringFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "swim-keyring-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name, std::ios::trunc) << content;
  }
  std::string error() {
    const auto ring = read_keyring_folder(folder_);
    return ring ? "" : ring.error();
  }

  fs::path folder_;
};

TEST_F(KeyringFolderTest, ReadsThePrimaryAndTheSecondariesAndIgnoresOtherFiles) {
  write("primary", key_of(1).to_base64() + "\n");
  write("secondary-b", key_of(3).to_base64());
  write("secondary-a", key_of(2).to_base64());
  write("README", "not a key");
  const auto ring = read_keyring_folder(folder_);
  ASSERT_TRUE(ring) << ring.error();
  EXPECT_EQ(*ring, crypto::Keyring(key_of(1), {key_of(2), key_of(3)}));
}

TEST_F(KeyringFolderTest, AMissingFolderIsNamed) {
  const auto ring = read_keyring_folder(folder_ / "absent");
  ASSERT_FALSE(ring);
  EXPECT_THAT(ring.error(), HasSubstr("encryption.keyring-dir"));
  EXPECT_THAT(ring.error(), HasSubstr((folder_ / "absent").string()));
  EXPECT_THAT(ring.error(), HasSubstr("no such folder"));
}

TEST_F(KeyringFolderTest, AFolderThatCannotBeLookedAtIsNotCalledAbsent) {
  std::filesystem::create_symlink("circle", folder_ / "circle");
  const auto ring = read_keyring_folder(folder_ / "circle");
  ASSERT_FALSE(ring);
  EXPECT_THAT(ring.error(), HasSubstr("can't be read"));
  EXPECT_THAT(ring.error(), HasSubstr("symbolic links"));
}

TEST_F(KeyringFolderTest, AFileInPlaceOfTheFolderIsNamed) {
  write("file", "");
  const auto ring = read_keyring_folder(folder_ / "file");
  ASSERT_FALSE(ring);
  EXPECT_THAT(ring.error(), HasSubstr("is not a folder"));
}

TEST_F(KeyringFolderTest, AnEmptyFolderIsRefused) {
  EXPECT_THAT(error(), HasSubstr("holds no key"));
}

TEST_F(KeyringFolderTest, SecondariesAloneAreRefused) {
  write("secondary-a", key_of(2).to_base64());
  EXPECT_THAT(error(), HasSubstr("primary"));
}

TEST_F(KeyringFolderTest, ABadKeyNamesItsFileAndShowsNoKeyMaterial) {
  write("primary", key_of(1).to_base64());
  write("secondary-a", "AAAAsecretAAAA!");
  EXPECT_THAT(error(), HasSubstr("secondary-a"));
  EXPECT_THAT(error(), Not(HasSubstr("AAAA")));
}

TEST_F(KeyringFolderTest, SomethingElseUnderAKeysNameIsNamed) {
  fs::create_directory(folder_ / "primary");
  EXPECT_THAT(error(), HasSubstr((folder_ / "primary").string()));
  fs::remove(folder_ / "primary");
  write("primary", std::string(10'000, 'A'));
  EXPECT_THAT(error(), HasSubstr("too large"));
}

TEST_F(KeyringFolderTest, FollowsTheLinkByWhichAnOrchestratorSwapsASetOfSecrets) {
  for (const auto& [version, fill] : {std::pair{"..v1", 1}, std::pair{"..v2", 2}}) {
    fs::create_directory(folder_ / version);
    std::ofstream(folder_ / version / "primary")
        << key_of(static_cast<std::uint8_t>(fill)).to_base64();
  }
  fs::create_directory_symlink("..v1", folder_ / "..data");
  fs::create_symlink("..data/primary", folder_ / "primary");
  KeyringFolder watched(folder_, *read_keyring_folder(folder_));
  EXPECT_FALSE(watched.poll());
  fs::create_directory_symlink("..v2", folder_ / "..tmp");
  fs::rename(folder_ / "..tmp", folder_ / "..data");
  const auto changed = watched.poll();
  ASSERT_TRUE(changed && *changed);
  EXPECT_EQ((*changed)->primary(), key_of(2));
}

TEST_F(KeyringFolderTest, OnlyAnotherContentIsAChange) {
  write("primary", key_of(1).to_base64());
  KeyringFolder watched(folder_, *read_keyring_folder(folder_));
  write("primary", key_of(1).to_base64() + "\n");
  EXPECT_FALSE(watched.poll());
  write("secondary-old", key_of(2).to_base64());
  const auto changed = watched.poll();
  ASSERT_TRUE(changed && *changed);
  EXPECT_EQ((*changed)->keys().size(), 2U);
  EXPECT_FALSE(watched.poll());
}

TEST_F(KeyringFolderTest, ABadRingIsToldOnceAndTheOldOneStays) {
  write("primary", key_of(1).to_base64());
  KeyringFolder watched(folder_, *read_keyring_folder(folder_));
  write("primary", "broken");
  const auto refused = watched.poll();
  ASSERT_TRUE(refused);
  EXPECT_FALSE(*refused);
  EXPECT_FALSE(watched.poll());
  write("primary", key_of(3).to_base64());
  const auto changed = watched.poll();
  ASSERT_TRUE(changed && *changed);
  EXPECT_EQ((*changed)->primary(), key_of(3));
}

// Memory has nothing at its beginning: a regular file that can be opened and not be read.
TEST_F(KeyringFolderTest, AKeyThatFailsToBeReadIsAnErrorWithItsCauseAndTheOldRingStays) {
  const fs::path key = folder_ / "primary";
  write("primary", key_of(1).to_base64());
  KeyringFolder watched(folder_, *read_keyring_folder(folder_));
  fs::remove(key);
  fs::create_symlink("/proc/self/mem", key);
  EXPECT_THAT(error(), HasSubstr(key.string()));
  EXPECT_THAT(error(), HasSubstr(std::system_category().message(EIO)));
  const auto refused = watched.poll();
  ASSERT_TRUE(refused && !*refused);
  EXPECT_EQ(refused->error(), error());
  EXPECT_FALSE(watched.readable());
  EXPECT_FALSE(watched.poll());
  fs::remove(key);
  write("primary", key_of(1).to_base64());
  const auto back = watched.poll();
  ASSERT_TRUE(back && *back);
  EXPECT_EQ((*back)->primary(), key_of(1));
  fs::remove(key);
  fs::create_directory(key);
  EXPECT_THAT(error(), HasSubstr("not a regular file"));
}

// Nobody writes to it, and nobody shall wait for that.
TEST_F(KeyringFolderTest, APipeUnderAKeysNameIsNamed) {
  ASSERT_EQ(::mkfifo((folder_ / "primary").c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace swim::runtime
