// Proto3 JSON with enum values by their short names (see names.hpp): field names in lowerCamelCase,
// 64-bit integers as strings, bytes in base64, times in RFC 3339. Fields with default values are
// written too, so that scripts find them; messages and optional fields that are not set are not.
// Control characters and overrides of direction are written as \u009b, so that a terminal shows
// them. Fields stand in the order of their declaration, map keys in that of their bytes. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace swim::cli {

enum class JsonShape : bool { one_line, indented };

// One JSON text, put together piece by piece. Keys and values must alternate as JSON wants it.
class JsonWriter {
 public:
  explicit JsonWriter(JsonShape shape) : shape_(shape) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);
  void string(std::string_view value);
  void literal(std::string_view value);  // numbers, true, false, or a finished JSON text
  void message(const google::protobuf::Message& message);
  const std::string& text() const { return text_; }

 private:
  void open(char bracket);
  void close(char bracket);
  void before_value();
  void new_line();
  void fields(const google::protobuf::Message& message);
  void field(const google::protobuf::Message& message,
             const google::protobuf::FieldDescriptor& field);
  void map(const google::protobuf::Message& message,
           const google::protobuf::FieldDescriptor& field);
  // One value of a field; `index` is -1 for a field that is not repeated.
  void value(const google::protobuf::Message& message,
             const google::protobuf::FieldDescriptor& field, int index);

  std::string text_;
  JsonShape shape_;
  int depth_{};
  bool first_{true};  // nothing yet in the innermost bracket
  bool after_key_{};
};

std::string to_json(const google::protobuf::Message& message, JsonShape shape);

}  // namespace swim::cli
