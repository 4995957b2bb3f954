#include "server/member_pages.hpp"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include "server/convert.hpp"
#include "tests/unit/server/members.hpp"

namespace swim::server {
namespace {

using testing::member;

constexpr std::uint64_t boot = 0xB007;

Snapshot view_of(const std::vector<std::string>& names, std::uint64_t revision = 7) {
  Snapshot snapshot;
  snapshot.revision = revision;
  for (const std::string& name : names) {
    snapshot.members.push_back(member(name, MemberStatus::alive));
  }
  return snapshot;
}

std::string reason_of(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  details.ParseFromString(status.error_details());
  if (details.details_size() == 1) {
    details.details(0).UnpackTo(&info);
  }
  return info.reason();
}

TEST(MemberPages, one_page_by_default) {
  pb::ListMembersResponse response;
  ASSERT_TRUE(list_members(view_of({"a", "b"}), boot, {}, response).ok());
  EXPECT_EQ(response.members_size(), 2);
  EXPECT_EQ(response.total_size(), 2);
  EXPECT_EQ(response.next_page_token(), "");
  EXPECT_EQ(response.revision(), 7U);
}

TEST(MemberPages, pages_follow_each_other_by_name_also_when_the_view_changes) {
  pb::ListMembersRequest request;
  request.set_page_size(2);
  pb::ListMembersResponse first;
  ASSERT_TRUE(list_members(view_of({"a", "b", "c"}), boot, request, first).ok());
  ASSERT_EQ(first.members_size(), 2);
  request.set_page_token(first.next_page_token());
  pb::ListMembersResponse second;
  // "b", where the page ended, is gone by now, and "bb" is new.
  ASSERT_TRUE(list_members(view_of({"a", "bb", "c"}, 9), boot, request, second).ok());
  ASSERT_EQ(second.members_size(), 2);
  EXPECT_EQ(second.members(0).name(), "bb");
  EXPECT_EQ(second.next_page_token(), "");
  EXPECT_EQ(second.revision(), 9U);
  EXPECT_EQ(second.resume_token(), first.resume_token())
      << "a watch must go on from the first page";
}

TEST(MemberPages, a_page_that_is_just_full_is_the_last) {
  pb::ListMembersRequest request;
  request.set_page_size(2);
  pb::ListMembersResponse response;
  ASSERT_TRUE(list_members(view_of({"a", "b"}), boot, request, response).ok());
  EXPECT_EQ(response.next_page_token(), "");
}

TEST(MemberPages, names_that_are_no_text_can_be_paged_over) {
  pb::ListMembersRequest request;
  request.set_page_size(1);
  pb::ListMembersResponse first;
  const auto view = view_of({"a\xFF", "b"});
  ASSERT_TRUE(list_members(view, boot, request, first).ok());
  request.set_page_token(first.next_page_token());
  pb::ListMembersResponse second;
  ASSERT_TRUE(list_members(view, boot, request, second).ok());
  ASSERT_EQ(second.members_size(), 1);
  EXPECT_EQ(second.members(0).name(), "b");
}

TEST(MemberPages, a_filter_counts_what_matches) {
  auto view = view_of({"a", "b"});
  view.members.push_back(member("c", MemberStatus::failed));
  pb::ListMembersRequest request;
  request.mutable_filter()->add_statuses(pb::MEMBER_STATUS_FAILED);
  pb::ListMembersResponse response;
  ASSERT_TRUE(list_members(view, boot, request, response).ok());
  EXPECT_EQ(response.total_size(), 1);
  EXPECT_EQ(response.members(0).name(), "c");
}

TEST(MemberPages, what_cant_be_answered_is_refused) {
  const auto refused = [](const pb::ListMembersRequest& request) {
    pb::ListMembersResponse response;
    const auto status = list_members(view_of({"a"}), boot, request, response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return reason_of(status);
  };
  pb::ListMembersRequest size;
  size.set_page_size(-1);
  EXPECT_EQ(refused(size), "BAD_PAGE_SIZE");
  pb::ListMembersRequest selector;
  selector.mutable_filter()->set_label_selector("role in web");
  EXPECT_EQ(refused(selector), "BAD_FILTER");
  pb::ListMembersRequest status;
  status.mutable_filter()->add_statuses(pb::MEMBER_STATUS_UNSPECIFIED);
  EXPECT_EQ(refused(status), "BAD_FILTER");
  for (const char* token : {"x", ".61", "nonsense.61"}) {
    pb::ListMembersRequest page;
    page.set_page_token(token);
    EXPECT_EQ(refused(page), "BAD_PAGE_TOKEN") << token;
  }
}

TEST(MemberPages, a_page_token_of_another_run_or_filter_is_refused) {
  pb::ListMembersRequest request;
  request.set_page_size(1);
  pb::ListMembersResponse first;
  ASSERT_TRUE(list_members(view_of({"a", "b"}), boot, request, first).ok());
  request.set_page_token(first.next_page_token());
  pb::ListMembersResponse response;
  EXPECT_FALSE(list_members(view_of({"a", "b"}), boot + 1, request, response).ok());
  request.mutable_filter()->set_label_selector("x");
  EXPECT_FALSE(list_members(view_of({"a", "b"}), boot, request, response).ok());
}

}  // namespace
}  // namespace swim::server
