#include "server/membership_service.hpp"
#include "tests/server/harness.hpp"
#include "tests/server/held.hpp"

namespace swim::server {
namespace {

using testing::Folder;
using testing::Node;
using testing::reason_of;
using testing::seeds;
using testing::wait_until;

grpc::Status update(const Node& node, const pb::UpdateLocalMemberRequest& request,
                    pb::Member& member) {
  grpc::ClientContext context;
  pb::UpdateLocalMemberResponse response;
  const auto status = node.members->UpdateLocalMember(&context, request, &response);
  member = response.member();
  return status;
}

TEST(Labels, are_set_removed_and_replaced_by_key) {
  const Folder folder;
  Node one(folder, "one", {"--node.labels=a=1,b=2"});
  pb::Member member;
  pb::UpdateLocalMemberRequest request;
  (*request.mutable_labels())["c"] = "3";
  request.add_remove_labels("a");
  ASSERT_TRUE(update(one, request, member).ok());
  EXPECT_EQ(member.labels().size(), 2U);
  EXPECT_EQ(member.labels().at("b"), "2");
  EXPECT_EQ(member.labels().at("c"), "3");
  request.set_replace_all(true);
  ASSERT_TRUE(update(one, request, member).ok());
  EXPECT_EQ(member.labels().size(), 1U);
  EXPECT_EQ(one.status().member().labels().size(), 1U) << "who reads after it reads its own write";
}

TEST(Labels, reach_the_others) {
  const Folder folder;
  Node one(folder, "one");
  Node two(folder, "two", {seeds(one)});
  ASSERT_TRUE(one.set_label("role", "web").ok());
  EXPECT_TRUE(wait_until([&] {
    grpc::ClientContext context;
    pb::GetMemberRequest request;
    request.set_name("one");
    pb::GetMemberResponse response;
    return two.members->GetMember(&context, request, &response).ok() &&
           response.member().labels().contains("role");
  }));
}

TEST(Labels, of_many_writers_none_is_lost) {
  const Folder folder;
  Node one(folder, "one");
  constexpr int writers = 8;
  std::atomic<int> written{};
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back(
        [&, i] { written += one.set_label("w" + std::to_string(i), "1").ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(written, writers);
  EXPECT_EQ(one.status().member().labels().size(), static_cast<std::size_t>(writers));
}

TEST(Labels, with_an_old_revision_are_not_written) {
  const Folder folder;
  Node one(folder, "one");
  const std::uint64_t revision = one.status().member().revision();
  pb::Member member;
  pb::UpdateLocalMemberRequest request;
  (*request.mutable_labels())["a"] = "1";
  request.set_expected_revision(revision);
  ASSERT_TRUE(update(one, request, member).ok());
  (*request.mutable_labels())["a"] = "2";
  const auto status = update(one, request, member);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(reason_of(status), "REVISION_MISMATCH");
  EXPECT_EQ(one.status().member().labels().at("a"), "1");
}

TEST(Labels, of_writers_who_read_before_they_write_none_is_lost) {
  const Folder folder;
  Node one(folder, "one", {"--node.labels=count=0"});
  constexpr int writers = 8;
  constexpr int each = 5;
  const auto increment = [&] {  // until nobody came between
    for (;;) {
      const pb::Member read = one.status().member();
      pb::UpdateLocalMemberRequest request;
      (*request.mutable_labels())["count"] =
          std::to_string(std::stoi(read.labels().at("count")) + 1);
      request.set_expected_revision(read.revision());
      pb::Member member;
      const auto status = update(one, request, member);
      if (status.ok()) {
        return;
      }
      ASSERT_EQ(reason_of(status), "REVISION_MISMATCH");
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      for (int done = 0; done < each; ++done) {
        increment();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(one.status().member().labels().at("count"), std::to_string(writers * each));
}

TEST(Labels, with_a_revision_that_is_not_there_yet_are_not_written) {
  const Folder folder;
  Node one(folder, "one");
  pb::Member member;
  pb::UpdateLocalMemberRequest request;
  (*request.mutable_labels())["a"] = "1";
  request.set_expected_revision(one.status().member().revision() + 1);
  EXPECT_EQ(reason_of(update(one, request, member)), "REVISION_MISMATCH");
  EXPECT_TRUE(one.status().member().labels().empty());
}

// Who knows a revision by its event may be ahead of the snapshot, into which labels are merged.
TEST(Labels, of_another_are_not_undone_by_one_who_saw_them_in_an_event) {
  testing::Services services;
  services.held.release();
  runtime::Runtime& node = *services.held.node;
  std::promise<void> logged;
  std::promise<void> go;
  node.events().on_append([&logged, gate = go.get_future().share(), first = true]() mutable {
    if (std::exchange(first, false)) {
      logged.set_value();
      gate.wait();
    }
  });
  ASSERT_TRUE(node.update_metadata(*wire::encode_labels({{"a", "1"}}), std::nullopt,
                                   [](const Expected<MemberPtr>&) {}));
  logged.get_future().wait();
  const auto event = node.events().read_after(node.events().last() - 1, 1).entries.at(0);
  const std::uint64_t revision = event->value.member->revision;
  ASSERT_EQ(event->value.type, EventType::updated);
  ASSERT_LT(node.snapshot()->local->revision, revision);

  MembershipService service(services.context);
  testing::Call<pb::UpdateLocalMemberRequest, pb::UpdateLocalMemberResponse> call;
  (*call.request.mutable_labels())["b"] = "1";
  call.request.set_expected_revision(revision);
  call.begin(service, &MembershipService::UpdateLocalMember);
  go.set_value();
  const grpc::Status status = call.end();
  // Where this machine stands still for long the call may give up.
  EXPECT_TRUE(status.ok() || reason_of(status) == "REVISION_MISMATCH") << status.error_message();
  EXPECT_TRUE(wait_until([&] { return node.snapshot()->local->revision >= revision; }));
  const auto labels = *wire::decode_labels(node.snapshot()->local->metadata);
  EXPECT_EQ(labels.contains("b"), status.ok());
  EXPECT_TRUE(labels.contains("a")) << "the other's label";
}

TEST(Labels, that_cant_be_carried_are_refused) {
  const Folder folder;
  Node one(folder, "one");
  EXPECT_EQ(reason_of(one.set_label("a b", "1")), "BAD_LABELS");
  EXPECT_EQ(reason_of(one.set_label("a", std::string(600, 'x'))), "METADATA_TOO_LARGE");
  EXPECT_TRUE(one.status().member().labels().empty());
}

}  // namespace
}  // namespace swim::server
