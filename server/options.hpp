// All settings of swimd, typed. What each means, its default and its names are in
// settings_table.cpp; how they come from flags, environment and file is in settings_load.hpp.
// A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/engine/config.hpp"
#include "core/wire/labels.hpp"
#include "server/settings_types.hpp"

namespace swim::server {

struct Options {
  struct {
    std::string file;
  } config;
  struct {
    std::string name;
    wire::Labels labels;
    std::string zone;
  } node;
  struct {
    std::string label;
  } cluster;
  struct {
    std::string preset{"lan"};
    std::optional<Endpoint> bind_address;
    std::optional<Endpoint> advertise_address;
  } gossip;
  struct {
    std::string keyring_dir;
  } encryption;
  struct {
    std::vector<SeedSpec> seeds;
    Duration refresh_interval{std::chrono::seconds(15)};
  } discovery;
  struct {
    std::string path;
  } snapshot;
  struct {
    std::string socket;
    FileMode socket_mode{0660};
    std::uint32_t max_streams{1024};
  } api;
  struct {
    std::string socket;
    OptionalListen http_address;
  } admin;
  struct {
    LogLevel level{LogLevel::info};
    LogFormat format{LogFormat::logfmt};
  } log;
  Config engine;  // gossip.*, broadcast.*, join.*, lifecycle.*
};

}  // namespace swim::server
