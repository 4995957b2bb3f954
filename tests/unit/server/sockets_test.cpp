#include "server/sockets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace swim::server {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Sockets : public ::testing::Test {
 protected:
  Sockets() {
    std::string pattern = ::testing::TempDir() + "swim-sock-XXXXXX";
    root = mkdtemp(pattern.data());
    environment.run_dir = root / "run";
    environment.tmp_dir = root / "tmp";
    environment.uid = geteuid();
    fs::create_directory(root / "tmp");
  }
  ~Sockets() override {
    if (listener >= 0) {
      close(listener);
    }
    fs::remove_all(root);
  }

  // A socket with a listener; `alive` keeps it open.
  void listen_on(const std::string& path, bool alive) {
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(listener, 1), 0);
    if (!alive) {
      close(listener);
      listener = -1;
    }
  }

  fs::path root;
  SocketEnvironment environment;
  int listener{-1};
};

TEST_F(Sockets, the_default_folders_are_made_where_they_can_be) {
  fs::create_directory(root / "run");
  const auto paths = prepare_sockets("", "", environment);
  ASSERT_TRUE(paths) << paths.error();
  EXPECT_EQ(paths->api, root / "run/swim/swim.sock");
  EXPECT_EQ(paths->admin, root / "run/swim-admin/admin.sock");
  EXPECT_THAT(paths->notes, IsEmpty());
  EXPECT_EQ(fs::status(root / "run/swim-admin").permissions(), fs::perms::owner_all);
}

TEST_F(Sockets, else_the_users_runtime_folder_is_taken_and_said) {
  environment.runtime_dir = root / "user";
  fs::create_directory(root / "user");
  const auto paths = prepare_sockets("", "", environment);
  ASSERT_TRUE(paths) << paths.error();
  EXPECT_EQ(paths->api, root / "user/swim/swim.sock");
  EXPECT_EQ(paths->admin, root / "user/swim/admin.sock");
  ASSERT_EQ(paths->notes.size(), 2U);
  EXPECT_THAT(paths->notes[0], HasSubstr((root / "run/swim").string()));
}

TEST_F(Sockets, else_a_private_folder_in_tmp) {
  const auto paths = prepare_sockets("", "", environment);
  ASSERT_TRUE(paths) << paths.error();
  const fs::path folder = root / ("tmp/swim-" + std::to_string(geteuid()));
  EXPECT_EQ(paths->api, folder / "swim.sock");
  EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
}

TEST_F(Sockets, a_tmp_folder_that_others_can_write_to_is_not_trusted) {
  const fs::path folder = root / ("tmp/swim-" + std::to_string(geteuid()));
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::all);
  const auto paths = prepare_sockets("", "", environment);
  ASSERT_FALSE(paths);
  EXPECT_THAT(paths.error(), HasSubstr("only we can write to"));
}

TEST_F(Sockets, nor_is_a_link_to_elsewhere) {
  fs::create_directory(root / "elsewhere");
  fs::create_directory_symlink(root / "elsewhere",
                               root / ("tmp/swim-" + std::to_string(geteuid())));
  EXPECT_FALSE(prepare_sockets("", "", environment));
}

TEST_F(Sockets, a_leftover_is_removed) {
  const std::string path = root / "a.sock";
  listen_on(path, false);
  ASSERT_TRUE(fs::exists(path));
  EXPECT_TRUE(prepare_sockets(path, root / "b.sock", environment));
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Sockets, a_live_one_is_left_alone) {
  const std::string path = root / "a.sock";
  listen_on(path, true);
  const auto paths = prepare_sockets(path, root / "b.sock", environment);
  ASSERT_FALSE(paths);
  EXPECT_THAT(paths.error(), AllOf(HasSubstr("api.socket"), HasSubstr("in use")));
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(Sockets, a_file_that_is_no_socket_is_left_alone) {
  std::ofstream(root / "a.sock") << "precious";
  const auto paths = prepare_sockets(root / "a.sock", root / "b.sock", environment);
  ASSERT_FALSE(paths);
  EXPECT_THAT(paths.error(), HasSubstr("no socket"));
  EXPECT_TRUE(fs::exists(root / "a.sock"));
}

TEST_F(Sockets, a_path_that_is_too_long_says_how_long_it_may_be) {
  const auto paths = prepare_sockets(root / std::string(200, 'x'), root / "b.sock", environment);
  ASSERT_FALSE(paths);
  EXPECT_THAT(paths.error(), AllOf(HasSubstr("may have 107"), HasSubstr("--api.socket")));
}

TEST_F(Sockets, a_folder_that_cant_be_made_is_named) {
  const auto paths = prepare_sockets(root / "a.sock", root / "no/such/b.sock", environment);
  ASSERT_FALSE(paths);
  EXPECT_THAT(paths.error(),
              AllOf(HasSubstr("admin.socket"), HasSubstr((root / "no/such").string())));
}

TEST_F(Sockets, both_must_differ) {
  EXPECT_FALSE(prepare_sockets(root / "a.sock", root / "a.sock", environment));
}

}  // namespace
}  // namespace swim::server
