// Responses put together from parts that are in their form on the wire already, so that what many
// streams are sent is made once. Plain functions on bytes; no call, no lock.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace swim::server {

// Of a field of bytes or of a message: tag, length and content.
std::size_t field_size(int field, std::size_t content);

// Writes fields one after the other. Content that is worth no copy is passed on by reference.
class Pieces {
 public:
  // What follows is `content` bytes of the field.
  void begin(int field, std::size_t content);
  void bytes(std::string_view content) { text_.append(content); }
  void field(int number, std::string_view content);
  void number(int field, std::uint64_t value);
  void slice(const grpc::Slice& content);

  // Once, at the end.
  grpc::ByteBuffer finish();

 private:
  void varint(std::uint64_t value);
  void flush();

  std::string text_;
  std::vector<grpc::Slice> slices_;
};

grpc::ByteBuffer to_buffer(const google::protobuf::MessageLite& message);
// False where it is no such message; `bytes` are used up.
bool from_buffer(grpc::ByteBuffer bytes, google::protobuf::MessageLite& message);

}  // namespace swim::server
