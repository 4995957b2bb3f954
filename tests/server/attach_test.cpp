// Attach as apps do it, over gRPC: what each end of a stream means to everybody else's watchers.
#include "server/attachments.hpp"
#include "tests/server/harness.hpp"

namespace swim::server {
namespace {

using testing::Folder;
using testing::Node;
using testing::patience;
using testing::reason_of;
using testing::seeds;
using testing::wait_until;
using testing::Watch;

// An app. It must end before its node.
class App {
 public:
  explicit App(const Node& node, const std::string& name = "web",
               std::chrono::milliseconds deadline = patience) {
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    stream = node.members->Attach(&context);
    pb::AttachRequest request;
    request.set_name(name);
    attached = stream->Write(request) && stream->Read(&response);
  }
  ~App() {
    if (stream) {
      context.TryCancel();
      static_cast<void>(end());
    }
  }
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Waits for the end, whoever makes it.
  grpc::Status end() {
    pb::AttachResponse nothing;
    while (stream->Read(&nothing)) {
    }
    const grpc::Status status = stream->Finish();
    stream.reset();
    return status;
  }
  grpc::Status say_goodbye() {
    stream->WritesDone();
    return end();
  }
  grpc::Status cancel() {
    context.TryCancel();
    return end();
  }

  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReaderWriter<pb::AttachRequest, pb::AttachResponse>> stream;
  pb::AttachResponse response;
  bool attached{};
};

// Two nodes: the apps are beside "one", and the watcher is at "two".
class Attach : public ::testing::Test {
 protected:
  Attach() : watch(two) {
    EXPECT_TRUE(watch.read_until([&] { return watch.sees("one", pb::MEMBER_STATUS_ALIVE); }));
    EXPECT_TRUE(wait_until([&] { return testing::both_alive(one, two); }));
  }

  // The events of apps so far, e.g. "APP_LOST web".
  std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const pb::MemberEvent& event : watch.events) {
      if (!event.app().empty()) {
        all.push_back(pb::MemberEvent::Type_Name(event.type()).substr(5) + " " +
                      pb::MemberEvent::Reason_Name(event.reason()).substr(7) + " " + event.app());
      }
    }
    return all;
  }
  void expect_told(const std::vector<std::string>& wanted) {
    ASSERT_TRUE(watch.read_until([&] { return told().size() >= wanted.size(); }));
    EXPECT_EQ(told(), wanted);
  }
  // Something that comes after everything that was to be told.
  void settle() {
    ASSERT_TRUE(one.set_label("settled", std::to_string(++settled_)).ok());
    ASSERT_TRUE(watch.read_until([&] {
      const auto& labels = watch.map["one"].labels();
      const auto found = labels.find("settled");
      return found != labels.end() && found->second == std::to_string(settled_);
    }));
  }
  // The name and the state of each app that `node` shows beside "one".
  static std::vector<std::string> apps(const Node& node) {
    grpc::ClientContext context;
    pb::GetMemberRequest request;
    request.set_name("one");
    pb::GetMemberResponse response;
    EXPECT_TRUE(node.members->GetMember(&context, request, &response).ok());
    std::vector<std::string> all;
    for (const pb::App& app : response.member().apps()) {
      all.push_back(app.name() + " " + pb::AppState_Name(app.state()).substr(10));
    }
    return all;
  }
  using Texts = std::vector<std::string>;
  // An event is told a moment before lists show it.
  static bool lists(const Node& node, const Texts& wanted) {
    return wait_until([&] { return apps(node) == wanted; });
  }

  Folder folder;
  Node one{folder, "one", {"--apps.debounce=20ms"}};
  Node two{folder, "two", {seeds(one)}};
  Watch watch;

 private:
  int settled_{};
};

const std::string came = "UPDATED APP_ATTACHED web";
const std::string went = "UPDATED APP_DETACHED web";
const std::string lost = "APP_LOST APP_BROKEN web";
const std::string back = "APP_BACK APP_ATTACHED web";

TEST_F(Attach, the_first_response_shows_the_member_with_the_app) {
  App app(one);
  ASSERT_TRUE(app.attached);
  EXPECT_EQ(app.response.member().name(), "one");
  ASSERT_EQ(app.response.member().apps_size(), 1);
  EXPECT_EQ(app.response.member().apps(0).name(), "web");
  EXPECT_EQ(apps(one), Texts{"web ATTACHED"}) << "who reads after its answer reads it";
  expect_told({came});
  EXPECT_TRUE(lists(two, {"web ATTACHED"}));
  EXPECT_TRUE(app.say_goodbye().ok());
}

TEST_F(Attach, half_close_is_goodbye) {
  App app(one);
  ASSERT_TRUE(app.attached);
  ASSERT_TRUE(lists(two, {"web ATTACHED"}));  // or it may be gone before anybody is told of it
  EXPECT_TRUE(app.say_goodbye().ok());
  expect_told({came, went});
  EXPECT_TRUE(lists(two, {}));
  EXPECT_EQ(one.status().stats().app_losses(), 0U);
}

TEST_F(Attach, a_cancelled_call_is_a_loss) {
  App app(one);
  ASSERT_TRUE(app.attached);
  EXPECT_EQ(app.cancel().error_code(), grpc::StatusCode::CANCELLED);
  expect_told({came, lost});
  EXPECT_TRUE(lists(two, {"web LOST"}));
  ASSERT_TRUE(wait_until([&] { return one.status().stats().app_losses() == 1; }));
  EXPECT_EQ(one.status().stats().apps_lost(), 1U);
  EXPECT_EQ(one.status().stats().apps_attached(), 0U);
}

TEST_F(Attach, a_passed_deadline_is_a_loss) {
  App app(one, "web", std::chrono::seconds(4));
  ASSERT_TRUE(app.attached);
  EXPECT_EQ(app.end().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  expect_told({came, lost});
}

TEST_F(Attach, whoever_comes_back_is_told_and_may_say_goodbye) {
  {
    App app(one);
    ASSERT_TRUE(app.attached);
    static_cast<void>(app.cancel());
  }
  expect_told({came, lost});
  App again(one);
  ASSERT_TRUE(again.attached);
  expect_told({came, lost, back});
  EXPECT_TRUE(again.say_goodbye().ok());
  expect_told({came, lost, back, went});
}

TEST_F(Attach, many_losses_one_after_the_other_are_each_told) {
  std::vector<std::string> wanted{came};
  for (int round = 0; round < 20; ++round) {
    App app(one);
    ASSERT_TRUE(app.attached);
    expect_told(wanted);
    static_cast<void>(app.cancel());
    wanted.push_back(lost);
    expect_told(wanted);
    wanted.push_back(back);
  }
}

TEST_F(Attach, who_attaches_under_the_same_name_takes_its_place_and_nobody_hears_of_it) {
  App first(one);
  ASSERT_TRUE(first.attached);
  App second(one);
  ASSERT_TRUE(second.attached);
  const grpc::Status replaced = first.end();
  EXPECT_EQ(replaced.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(reason_of(replaced), "APP_REPLACED");
  expect_told({came});  // one descriptor may bring it after the label that settle() sets
  settle();
  EXPECT_EQ(told(), Texts{came});
  static_cast<void>(second.cancel());
  expect_told({came, lost});
}

class Taker : public Attachment {
 public:
  void replace() override { ++replaced; }
  void end() override {}
  int replaced{};
};

// The engine knows the earlier one no more: it has to attach anew, or its loss is told to nobody.
TEST(Attachments, whose_name_was_taken_is_told_even_where_the_taker_is_gone) {
  FanOut fan_out;
  const auto nothing = [](AppId) { return Expected<void>(); };
  Attachments apps(fan_out, {nothing, nothing});
  const auto first = std::make_shared<Taker>();
  const auto second = std::make_shared<Taker>();
  ASSERT_TRUE(apps.enter(first));
  ASSERT_TRUE(apps.enter(second));
  apps.attached("web", first);
  apps.leave(second.get());
  apps.attached("web", second);
  EXPECT_EQ(first->replaced, 1);
  const auto third = std::make_shared<Taker>();
  ASSERT_TRUE(apps.enter(third));
  apps.attached("web", third);
  EXPECT_EQ(second->replaced, 0) << "it is over";
}

TEST_F(Attach, the_end_of_the_daemon_is_no_loss) {
  App app(one);
  ASSERT_TRUE(app.attached);
  expect_told({came});
  one.daemon->shut_down();
  const grpc::Status status = app.end();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(reason_of(status), "SHUTTING_DOWN");
  ASSERT_TRUE(watch.read_until([&] { return watch.sees("one", pb::MEMBER_STATUS_LEFT); }));
  EXPECT_EQ(told(), Texts{came});
}

TEST_F(Attach, several_apps_and_no_more_than_there_is_room_for) {
  std::vector<std::unique_ptr<App>> all;
  for (std::size_t i = 0; i < limits::apps_max; ++i) {
    all.push_back(std::make_unique<App>(one, "app" + std::to_string(i)));
    EXPECT_TRUE(all.back()->attached);
  }
  EXPECT_EQ(one.status().stats().apps_attached(), limits::apps_max);
  EXPECT_EQ(one.status().limits().max_apps(), limits::apps_max);
  App more(one, "more");
  EXPECT_FALSE(more.attached);
  const grpc::Status status = more.end();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(reason_of(status), "TOO_MANY_APPS");
  EXPECT_TRUE(all.front()->say_goodbye().ok());
  ASSERT_TRUE(wait_until([&] { return App(one, "more").attached; }));
}

TEST_F(Attach, a_stream_without_a_good_name_is_refused) {
  for (const std::string name : {"", "a b", "a/b"}) {
    App app(one, name);
    EXPECT_FALSE(app.attached);
    const grpc::Status status = app.end();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << name;
    EXPECT_EQ(reason_of(status), "BAD_APP_NAME") << name;
  }
  grpc::ClientContext context;
  const auto stream = one.members->Attach(&context);
  stream->WritesDone();
  EXPECT_EQ(reason_of(stream->Finish()), "BAD_APP_NAME") << "closed before it named itself";
}

TEST_F(Attach, streams_that_never_name_themselves_are_bounded_and_given_back) {
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReaderWriter<pb::AttachRequest, pb::AttachResponse>>>
      streams;
  for (std::size_t i = 0; i < Attachments::streams_max; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(one.members->Attach(contexts.back().get()));
  }
  ASSERT_TRUE(wait_until([&] {
    App app(one);
    if (app.attached) {
      return false;
    }
    const grpc::Status refused = app.end();
    EXPECT_EQ(refused.error_message().find("max-streams"), std::string::npos)
        << "no setting changes it: " << refused.error_message();
    return reason_of(refused) == "TOO_MANY_STREAMS";
  }));
  for (std::size_t i = 0; i < streams.size(); ++i) {
    contexts[i]->TryCancel();
    EXPECT_FALSE(streams[i]->Finish().ok());
  }
  ASSERT_TRUE(wait_until([&] { return App(one).attached; }));
}

TEST_F(Attach, a_node_that_left_takes_no_app_and_shows_its_apps_again_when_it_is_back) {
  App app(one);
  ASSERT_TRUE(app.attached);
  expect_told({came});
  grpc::ClientContext leave;
  pb::LeaveResponse left;
  ASSERT_TRUE(one.admin->Leave(&leave, {}, &left).ok());
  App late(one, "late");
  EXPECT_EQ(reason_of(late.end()), "NODE_LEFT");
  grpc::ClientContext join;
  pb::JoinRequest request;
  request.add_seeds(two.address());
  pb::JoinResponse joined;
  ASSERT_TRUE(one.admin->Join(&join, request, &joined).ok());
  ASSERT_TRUE(watch.read_until([&] { return watch.sees("one", pb::MEMBER_STATUS_ALIVE); }));
  EXPECT_EQ(watch.map["one"].apps_size(), 1);
  EXPECT_EQ(told(), Texts{came});
}

TEST_F(Attach, a_filtered_watch_is_told_of_the_apps_of_whom_it_selects) {
  pb::WatchMembersRequest request;
  request.mutable_filter()->set_label_selector("role=web");
  ASSERT_TRUE(one.set_label("role", "web").ok());
  ASSERT_TRUE(watch.read_until([&] { return watch.map["one"].labels().count("role") != 0; }));
  Watch selected(two, request);
  ASSERT_TRUE(selected.read());
  App here(one);
  App there(two);
  ASSERT_TRUE(here.attached && there.attached);
  static_cast<void>(there.cancel());
  static_cast<void>(here.cancel());
  const auto has_lost = [&] {
    return !selected.events.empty() &&
           selected.events.back().type() == pb::MemberEvent::TYPE_APP_LOST;
  };
  ASSERT_TRUE(selected.read_until(has_lost));
  for (const pb::MemberEvent& event : selected.events) {
    EXPECT_EQ(event.member().name(), "one");
  }
}

}  // namespace
}  // namespace swim::server
