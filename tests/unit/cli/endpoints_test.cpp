#include "cli/endpoints.hpp"

#include <gtest/gtest.h>

#include <map>

namespace swim::cli {
namespace {

using Variables = std::map<std::string, std::string>;

Surroundings around(Variables variables, std::string endpoint = {}, std::string admin = {}) {
  return {std::move(endpoint), std::move(admin),
          [variables = std::move(variables)](const char* name) {
            const auto found = variables.find(name);
            return found == variables.end() ? std::string() : found->second;
          },
          1000};
}

std::vector<std::string> paths(Door door, const Surroundings& surroundings) {
  std::vector<std::string> found;
  const auto places = candidates(door, surroundings);
  if (!places) {
    return {"error: " + places.error().what};
  }
  for (const Place& place : *places) {
    found.push_back(place.shown());
  }
  return found;
}

using Paths = std::vector<std::string>;

TEST(CliEndpoints, LooksAtTheUsualPlacesInOrder) {
  EXPECT_EQ(
      paths(Door::app, around({{"XDG_RUNTIME_DIR", "/run/user/1000"}})),
      (Paths{"/run/swim/swim.sock", "/run/user/1000/swim/swim.sock", "/tmp/swim-1000/swim.sock"}));
  EXPECT_EQ(paths(Door::admin, around({{"XDG_RUNTIME_DIR", "/run/user/1000"}})),
            (Paths{"/run/swim-admin/admin.sock", "/run/user/1000/swim/admin.sock",
                   "/tmp/swim-1000/admin.sock"}));
  EXPECT_EQ(paths(Door::app, around({})),
            (Paths{"/run/swim/swim.sock", "/tmp/swim-1000/swim.sock"}));
}

TEST(CliEndpoints, TheFlagWinsOverTheVariable) {
  const Variables variables{{"SWIM_ENDPOINT", "unix:///a/swim.sock"},
                            {"SWIM_ADMIN_ENDPOINT", "/a/adm.sock"}};
  EXPECT_EQ(paths(Door::app, around(variables)), (Paths{"/a/swim.sock"}));
  EXPECT_EQ(paths(Door::app, around(variables, "/b/swim.sock")), (Paths{"/b/swim.sock"}));
  EXPECT_EQ(paths(Door::admin, around(variables)), (Paths{"/a/adm.sock"}));
  EXPECT_EQ(paths(Door::admin, around(variables, "/b/swim.sock", "/b/adm.sock")),
            (Paths{"/b/adm.sock"}));
}

TEST(CliEndpoints, TheAdminDoorOfANamedDaemonIsNeverAnotherDaemons) {
  EXPECT_EQ(paths(Door::admin, around({}, "/x/n1/swim.sock")),
            (Paths{"/x/n1-admin/admin.sock", "/x/n1/admin.sock"}));
  EXPECT_EQ(paths(Door::admin, around({{"SWIM_ENDPOINT", "unix:///run/swim/swim.sock"}})),
            (Paths{"/run/swim-admin/admin.sock", "/run/swim/admin.sock"}));
  const auto remote = candidates(Door::admin, around({}, "10.0.0.1:7947"));
  ASSERT_FALSE(remote);
  EXPECT_EQ(remote.error().code, ExitCode::usage);
}

TEST(CliEndpoints, ReadsEachFormOfAnEndpoint) {
  EXPECT_EQ(parse_endpoint("unix:///run/swim/swim.sock")->target(), "unix:/run/swim/swim.sock");
  EXPECT_EQ(parse_endpoint("unix:rel/swim.sock")->path, "rel/swim.sock");
  EXPECT_EQ(parse_endpoint("./swim.sock")->path, "./swim.sock");
  EXPECT_EQ(parse_endpoint("swim.sock")->path, "swim.sock");
  EXPECT_EQ(parse_endpoint("/run/50% #1?.sock")->target(), "unix:/run/50%25 %231%3F.sock");
  EXPECT_EQ(parse_endpoint("localhost:7947")->target(), "localhost:7947");
  EXPECT_EQ(parse_endpoint("[::1]:7947")->host, "[::1]:7947");
}

TEST(CliEndpoints, SaysWhatIsWrongWithAnEndpoint) {
  EXPECT_EQ(parse_endpoint("unix:").error(), "names no path");
  EXPECT_EQ(parse_endpoint("http://localhost:1").error(), "has a scheme other than unix");
  for (const char* text : {"localhost", ":7947", "localhost:0", "localhost:99999", "a:b"}) {
    EXPECT_EQ(parse_endpoint(text).error(), "is neither a path nor host:port") << text;
  }
  EXPECT_EQ(parse_endpoint("unix://run/swim.sock").error(),
            "has a host after unix://, or two slashes for three");
  const auto places = candidates(Door::app, around({{"SWIM_ENDPOINT", "nonsense"}}));
  ASSERT_FALSE(places);
  EXPECT_EQ(places.error().code, ExitCode::usage);
  EXPECT_EQ(places.error().what, "$SWIM_ENDPOINT \"nonsense\" is neither a path nor host:port");
}

}  // namespace
}  // namespace swim::cli
