#include "cli/format/json.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <array>
#include <cstdio>
#include <map>

#include "cli/format/names.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;

std::string escaped(char32_t code) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "\\u%04x", static_cast<unsigned>(code));
  return buffer.data();
}

// JSON goes to terminals too: what they would obey is escaped, beyond what JSON itself asks for.
std::string quoted(std::string_view value) {
  std::string text = "\"";
  while (!value.empty()) {
    const Character c = first_character(value);
    if (!c.valid) {
      text += "\\ufffd";  // JSON has no bytes
    } else if (c.code == '"' || c.code == '\\') {
      text += '\\';
      text += value.front();
    } else if (c.code == '\n') {
      text += "\\n";
    } else if (is_control(c.code)) {
      text += escaped(c.code);
    } else {
      text += value.substr(0, c.bytes);
    }
    value.remove_prefix(c.bytes);
  }
  return text + "\"";
}

std::string base64(const std::string& bytes) {
  google::protobuf::BytesValue value;
  value.set_value(bytes);
  std::string text;
  // Can't fail: the value is whole and the sink is memory.
  static_cast<void>(google::protobuf::util::MessageToJsonString(value, &text));
  return text;
}

// The getter of a scalar, repeated or not, by the name that Reflection gives it.
#define SWIM_CLI_SCALAR(kind)                        \
  (index < 0 ? reflection.Get##kind(message, &field) \
             : reflection.GetRepeated##kind(message, &field, index))

std::string scalar(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(SWIM_CLI_SCALAR(Int32));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(SWIM_CLI_SCALAR(UInt32));
    case FieldDescriptor::CPPTYPE_INT64:
      return "\"" + std::to_string(SWIM_CLI_SCALAR(Int64)) + "\"";
    case FieldDescriptor::CPPTYPE_UINT64:
      return "\"" + std::to_string(SWIM_CLI_SCALAR(UInt64)) + "\"";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return std::to_string(SWIM_CLI_SCALAR(Double));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return std::to_string(SWIM_CLI_SCALAR(Float));
    case FieldDescriptor::CPPTYPE_BOOL:
      return SWIM_CLI_SCALAR(Bool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return quoted(short_name(*field.enum_type(), SWIM_CLI_SCALAR(EnumValue)));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string value = SWIM_CLI_SCALAR(String);
      return field.type() == FieldDescriptor::TYPE_BYTES ? base64(value) : quoted(value);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "null";
}

#undef SWIM_CLI_SCALAR

}  // namespace

void JsonWriter::new_line() {
  if (shape_ == JsonShape::indented) {
    text_ += '\n';
    text_.append(static_cast<std::size_t>(depth_) * 2, ' ');
  }
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) {
    text_ += ',';
  }
  first_ = false;
  if (depth_ > 0) {
    new_line();
  }
}

void JsonWriter::open(char bracket) {
  before_value();
  text_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) {
    new_line();
  }
  text_ += bracket;
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  before_value();
  text_ += quoted(name);
  text_ += shape_ == JsonShape::indented ? ": " : ":";
  after_key_ = true;
}

void JsonWriter::string(std::string_view value) {
  literal(quoted(value));
}

void JsonWriter::literal(std::string_view value) {
  before_value();
  text_ += value;
}

void JsonWriter::message(const Message& message) {
  const auto* type = message.GetDescriptor();
  if (type == google::protobuf::Timestamp::descriptor()) {
    string(TimeUtil::ToString(static_cast<const google::protobuf::Timestamp&>(message)));
  } else if (type == google::protobuf::Duration::descriptor()) {
    string(TimeUtil::ToString(static_cast<const google::protobuf::Duration&>(message)));
  } else {
    begin_object();
    fields(message);
    end_object();
  }
}

void JsonWriter::fields(const Message& message) {
  const auto& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  for (int at = 0; at < type.field_count(); ++at) {
    const FieldDescriptor& one = *type.field(at);
    if (!one.has_presence() || reflection.HasField(message, &one)) {
      key(one.json_name());
      field(message, one);
    }
  }
}

void JsonWriter::field(const Message& message, const FieldDescriptor& field) {
  if (field.is_map()) {
    map(message, field);
    return;
  }
  if (!field.is_repeated()) {
    value(message, field, -1);
    return;
  }
  begin_array();
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int at = 0; at < size; ++at) {
    value(message, field, at);
  }
  end_array();
}

void JsonWriter::map(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor& key_field = *field.message_type()->map_key();
  std::map<std::string, const Message*> entries;
  for (int at = 0; at < reflection.FieldSize(message, &field); ++at) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, at);
    const bool text = key_field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    entries[text ? entry.GetReflection()->GetString(entry, &key_field)
                 : scalar(entry, key_field, -1)] = &entry;
  }
  begin_object();
  for (const auto& [name, entry] : entries) {
    key(name);
    value(*entry, *field.message_type()->map_value(), -1);
  }
  end_object();
}

void JsonWriter::value(const Message& message, const FieldDescriptor& field, int index) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    literal(scalar(message, field, index));
    return;
  }
  const Reflection& reflection = *message.GetReflection();
  this->message(index < 0 ? reflection.GetMessage(message, &field)
                          : reflection.GetRepeatedMessage(message, &field, index));
}

std::string to_json(const Message& message, JsonShape shape) {
  JsonWriter writer(shape);
  writer.message(message);
  return writer.text();
}

}  // namespace swim::cli
