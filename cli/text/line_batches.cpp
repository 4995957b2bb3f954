#include "cli/text/line_batches.hpp"

#include <utility>

namespace swim::cli {

std::vector<LineBatches::Batch> LineBatches::add(std::string_view input) {
  std::vector<Batch> out;
  for (std::size_t end = input.find('\n'); end != std::string_view::npos; end = input.find('\n')) {
    rest_ += input.substr(0, end);
    take(std::exchange(rest_, {}), out);
    input.remove_prefix(end + 1);
  }
  rest_ += input;
  close(out);
  return out;
}

std::vector<LineBatches::Batch> LineBatches::finish() {
  std::vector<Batch> out;
  if (!rest_.empty()) {
    take(std::exchange(rest_, {}), out);
  }
  close(out);
  return out;
}

void LineBatches::take(std::string line, std::vector<Batch>& out) {
  if (bytes_ + line.size() > bytes_max_) {
    close(out);
  }
  bytes_ += line.size();
  batch_.push_back(std::move(line));
  if (batch_.size() == lines_max_) {
    close(out);
  }
}

void LineBatches::close(std::vector<Batch>& out) {
  if (!batch_.empty()) {
    out.push_back(std::exchange(batch_, {}));
  }
  bytes_ = 0;
}

}  // namespace swim::cli
