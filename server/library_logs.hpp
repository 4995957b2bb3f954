// What gRPC and protobuf have to say goes into the daemon's log while this lives, as they would
// write it to standard error themselves and wait there for a reader. Afterwards it is left out. One
// at a time; make it before there is a gRPC server, and end it before the logger is closed.
#pragma once

#include "server/logger.hpp"

namespace swim::server {

class LibraryLogs {
 public:
  // `logger` must outlive it.
  explicit LibraryLogs(Logger& logger);
  ~LibraryLogs();
  LibraryLogs(const LibraryLogs&) = delete;
  LibraryLogs& operator=(const LibraryLogs&) = delete;
};

}  // namespace swim::server
