#include "server/pieces.hpp"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <utility>

namespace swim::server {
namespace {

// Wire types of protobuf.
constexpr std::uint64_t type_varint = 0;
constexpr std::uint64_t type_bytes = 2;

std::uint64_t tag(int field, std::uint64_t type) {
  return static_cast<std::uint64_t>(field) << 3U | type;
}

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7U) {
    ++size;
  }
  return size;
}

}  // namespace

std::size_t field_size(int field, std::size_t content) {
  return varint_size(tag(field, type_bytes)) + varint_size(content) + content;
}

void Pieces::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) {
    text_.push_back(static_cast<char>(value | 0x80U));
  }
  text_.push_back(static_cast<char>(value));
}

void Pieces::begin(int field, std::size_t content) {
  varint(tag(field, type_bytes));
  varint(content);
}

void Pieces::field(int number, std::string_view content) {
  begin(number, content.size());
  bytes(content);
}

void Pieces::number(int field, std::uint64_t value) {
  varint(tag(field, type_varint));
  varint(value);
}

void Pieces::flush() {
  if (!text_.empty()) {
    slices_.emplace_back(text_.data(), text_.size());
    text_.clear();
  }
}

void Pieces::slice(const grpc::Slice& content) {
  flush();
  slices_.push_back(content);
}

grpc::ByteBuffer Pieces::finish() {
  flush();
  return {slices_.data(), slices_.size()};
}

grpc::ByteBuffer to_buffer(const google::protobuf::MessageLite& message) {
  const std::string text = message.SerializeAsString();
  const grpc::Slice slice(text.data(), text.size());
  return {&slice, 1};
}

bool from_buffer(grpc::ByteBuffer bytes, google::protobuf::MessageLite& message) {
  if (!bytes.Valid()) {
    return false;
  }
  grpc::ProtoBufferReader reader(&bytes);
  return reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
}

}  // namespace swim::server
