#include "server/http_pages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/server/http_look.hpp"

namespace swim::server {
namespace {

using testing::LookMade;

HttpReply get(const std::string& target, const std::string& accept = "",
              const std::string& method = "GET", const LookMade& made = {}) {
  return answer_request({method, target, accept}, [&](Detail) { return made.make(); });
}

std::string field(const HttpReply& reply, const std::string& name) {
  for (const auto& [key, value] : reply.fields) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

TEST(HttpPages, AnswersTheFourPages) {
  EXPECT_EQ(get("/healthz").status, 200U);
  EXPECT_EQ(get("/healthz").body, "ok\n");
  EXPECT_EQ(get("/readyz").body, "ok\n");
  EXPECT_EQ(get("/readyz?verbose").body, "[+]loop ok\n[+]joined ok\nreadyz check passed\n");
  EXPECT_EQ(get("/metrics").content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(get("/metrics").body.find("\nswim_members{"), std::string::npos);
  EXPECT_EQ(get("/status").content_type, "text/html; charset=utf-8");
}

TEST(HttpPages, IsUnavailableWhenNotReady) {
  LookMade made;
  made.snapshot.state = NodeState::left;
  EXPECT_EQ(get("/readyz", "", "GET", made).status, 503U);
  EXPECT_EQ(get("/healthz", "", "GET", made).status, 200U);
  made.look.stalled = std::chrono::seconds(11);
  EXPECT_EQ(get("/healthz", "", "GET", made).status, 503U);
}

TEST(HttpPages, StatusIsJsonWhenAskedFor) {
  for (const auto& [target, accept] :
       {std::pair("/status", "application/json"), std::pair("/status?format=json", ""),
        std::pair("/status?format=json", "text/html"), std::pair("/status?a=b&format=json", "")}) {
    const HttpReply reply = get(target, accept);
    EXPECT_EQ(reply.content_type, "application/json") << target << accept;
    EXPECT_TRUE(nlohmann::json::accept(reply.body)) << target;
  }
  EXPECT_EQ(get("/status?format=html", "application/json").content_type,
            "text/html; charset=utf-8");
}

TEST(HttpPages, AnUnknownFormatIsAnError) {
  EXPECT_EQ(get("/status?format=xml").status, 400U);
  EXPECT_EQ(get("/status?format").status, 400U);
}

TEST(HttpPages, PrefersWhatTheClientPrefers) {
  EXPECT_TRUE(prefers_json("application/json"));
  EXPECT_TRUE(prefers_json("APPLICATION/JSON, */*"));
  EXPECT_TRUE(prefers_json("text/html;q=0.5, application/json"));
  EXPECT_TRUE(prefers_json("application/json, text/html"));
  EXPECT_FALSE(prefers_json("text/html, application/json"));
  EXPECT_FALSE(prefers_json("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
  EXPECT_FALSE(prefers_json("text/html, application/json;q=0.9"));
  EXPECT_FALSE(prefers_json("application/json;q=0"));
  EXPECT_FALSE(prefers_json("*/*"));
  EXPECT_FALSE(prefers_json(""));
  EXPECT_FALSE(prefers_json(",;q=,,q"));
}

TEST(HttpPages, RefusesOtherMethodsAndSaysWhich) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "BREW"}) {
    const HttpReply reply = get("/status", "", method);
    EXPECT_EQ(reply.status, 405U) << method;
    EXPECT_EQ(field(reply, "Allow"), "GET, HEAD");
    EXPECT_NE(reply.body.find("swimctl"), std::string::npos);
  }
}

TEST(HttpPages, AnUnknownPageListsTheKnownOnes) {
  for (const char* target : {"/nothing", "/metrics/", "/STATUS", "//status", "*", "status", ""}) {
    const HttpReply reply = get(target);
    EXPECT_EQ(reply.status, 404U) << target;
    EXPECT_NE(reply.body.find("/metrics /healthz /readyz"), std::string::npos);
  }
}

TEST(HttpPages, DoesNotRepeatAHostileTarget) {
  EXPECT_EQ(get("/<script>alert(1)</script>").body.find("script"), std::string::npos);
}

TEST(HttpPages, TakesTheAbsoluteFormOfProxies) {
  EXPECT_EQ(get("http://10.0.0.7:7948/healthz").status, 200U);
  EXPECT_EQ(get("http://10.0.0.7:7948").status, 302U);
}

TEST(HttpPages, TheRootLeadsToTheStatus) {
  EXPECT_EQ(get("/").status, 302U);
  EXPECT_EQ(field(get("/"), "Location"), "/status");
}

TEST(HttpPages, ThePageMayLoadNothingAndRunNothing) {
  const std::string policy = field(get("/status"), "Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("script-src"), std::string::npos);
}

TEST(HttpPages, AProbeAsksForNoMoreThanItNeeds) {
  const LookMade made;
  std::vector<Detail> asked;
  const LookMaker look = [&](Detail detail) {
    asked.push_back(detail);
    return made.make();
  };
  for (const char* target : {"/healthz", "/readyz", "/metrics", "/status", "/nothing"}) {
    answer_request({"GET", target, ""}, look);
  }
  EXPECT_EQ(asked, (std::vector{Detail::health, Detail::health, Detail::metrics, Detail::status}));
}

}  // namespace
}  // namespace swim::server
