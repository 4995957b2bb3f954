// Feeds speak in bytes; tests read them as their clients do.
#pragma once

#include <gtest/gtest.h>

#include "server/pieces.hpp"

namespace swim::server::testing {

// False where the feed has nothing to say.
template <class Feed, class Response>
bool next(Feed& feed, Response& response) {
  grpc::ByteBuffer bytes;
  if (!feed.next(bytes)) {
    return false;
  }
  EXPECT_TRUE(from_buffer(bytes, response));
  return true;
}

template <class Response, class Feed>
Response bookmark(Feed& feed) {
  grpc::ByteBuffer bytes;
  feed.bookmark(bytes);
  Response response;
  EXPECT_TRUE(from_buffer(bytes, response));
  return response;
}

}  // namespace swim::server::testing
