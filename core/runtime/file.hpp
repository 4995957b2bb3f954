// A file's descriptor and its content. Blocking; any thread. Errors are errno's.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <tl/expected.hpp>

namespace swim::runtime {

// Owns a descriptor; a negative one is none.
class File {
 public:
  explicit File(int handle) : handle_(handle) {}
  ~File() {
    if (handle_ >= 0) {
      ::close(handle_);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return handle_; }

 private:
  int handle_;
};

// All that is left of it, but not more than `bytes_max`: a file that is longer is cut.
inline tl::expected<std::string, int> read_all(const File& file, std::size_t bytes_max) {
  std::string content(bytes_max, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got == 0) {
      break;
    }
    if (got < 0 && errno != EINTR) {
      return tl::unexpected(errno);
    }
    size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  content.resize(size);
  return content;
}

}  // namespace swim::runtime
