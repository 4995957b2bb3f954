// The YAML file: one map of sections, each a map of settings.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "server/nearest.hpp"
#include "server/settings_load.hpp"
#include "server/settings_table.hpp"

namespace swim::server {
namespace {

class Reader {
 public:
  Reader(std::string name, LoadedSource& into) : name_(std::move(name)), into_(into) {}

  void read(const YAML::Node& root) {
    if (root.IsNull()) {
      return;  // an empty file says nothing
    }
    if (!root.IsMap()) {
      fail(root, "the file is not a map of sections; write for example: log: {level: info}");
      return;
    }
    for (const auto& entry : root) {
      const std::string section = entry.first.Scalar();
      if (once(entry.first, section) && known_section(entry.first, section)) {
        read_section(section, entry.second);
      }
    }
  }

 private:
  std::string at(const YAML::Node& node) const {
    return name_ + ":" + std::to_string(node.Mark().line + 1) + ": ";
  }
  void fail(const YAML::Node& node, const std::string& text) {
    into_.errors.push_back(at(node) + text);
  }

  bool once(const YAML::Node& node, const std::string& key) {
    if (!seen_.insert(key).second) {
      fail(node, key + " stands there twice; keep one");
      return false;
    }
    return true;
  }

  bool known_section(const YAML::Node& node, const std::string& section) {
    std::vector<std::string> names;
    for (const Section& known : settings_sections()) {
      names.emplace_back(known.name);
    }
    if (std::find(names.begin(), names.end(), section) != names.end()) {
      return true;
    }
    // Somebody may have written the whole dotted name where a section belongs.
    if (find_setting(section) != nullptr) {
      fail(node, "write " + section + " as a map: " + section.substr(0, section.find('.')) + ": {" +
                     section.substr(section.find('.') + 1) + ": …}");
    } else {
      fail(node, "unknown section " + section + "; did you mean " + nearest(section, names) + "?");
    }
    return false;
  }

  void read_section(const std::string& section, const YAML::Node& node) {
    if (node.IsNull()) {
      return;
    }
    if (!node.IsMap()) {
      fail(node, section + " is not a map of settings");
      return;
    }
    for (const auto& entry : node) {
      const std::string name = section + "." + entry.first.Scalar();
      if (!once(entry.first, name)) {
        continue;
      }
      if (const Setting* setting = find_setting(name)) {
        read_setting(*setting, entry.first, entry.second);
      } else {
        fail(entry.first,
             "unknown setting " + name + "; did you mean " + suggestion(section, name) + "?");
      }
    }
  }

  static std::string suggestion(const std::string& section, const std::string& name) {
    std::vector<std::string> names;
    for (const Setting& setting : settings_table()) {
      if (section_of(setting) == section) {
        names.emplace_back(setting.name);
      }
    }
    return nearest(name, names);
  }

  void read_setting(const Setting& setting, const YAML::Node& key, const YAML::Node& value) {
    RawSetting raw{{}, at(key) + std::string(setting.name)};
    const bool many = is_list(setting) || is_map(setting);
    if (value.IsScalar()) {
      raw.items = many ? split_list(value.Scalar()) : std::vector{value.Scalar()};
    } else if (value.IsSequence() && is_list(setting)) {
      for (const auto& item : value) {
        raw.items.push_back(item.IsScalar() ? item.Scalar() : std::string());
      }
    } else if (value.IsMap() && is_map(setting)) {
      for (const auto& pair : value) {
        raw.items.push_back(pair.first.Scalar() + "=" +
                            (pair.second.IsScalar() ? pair.second.Scalar() : std::string()));
      }
    } else {
      fail(key, std::string(setting.name) +
                    (value.IsNull() ? " has no value" : " is not a value of the right kind") +
                    "; it takes " + std::string(type_name(setting)));
      return;
    }
    into_.settings[std::string(setting.name)] = std::move(raw);
  }

  std::string name_;
  LoadedSource& into_;
  std::set<std::string> seen_;
};

}  // namespace

LoadedSource load_yaml(const std::string& text, const std::string& name) {
  LoadedSource result;
  try {
    const auto documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      result.errors.push_back(name + " holds several documents; keep one");
    } else if (!documents.empty()) {
      Reader(name, result).read(documents.front());
    }
  } catch (const YAML::Exception& error) {
    result.errors.push_back(name + ":" + std::to_string(error.mark.line + 1) +
                            ": not YAML: " + error.msg);
  }
  return result;
}

}  // namespace swim::server
