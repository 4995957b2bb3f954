// Input cut into lines, and lines into batches, as they come. Pure: knows neither files nor gRPC.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace swim::cli {

class LineBatches {
 public:
  using Batch = std::vector<std::string>;

  // A batch has so many lines and bytes at most; one line may be longer than that.
  LineBatches(std::size_t lines_max, std::size_t bytes_max)
      : lines_max_(lines_max), bytes_max_(bytes_max) {}

  // The batches that this input ends; what has no newline yet is kept. Whoever types gets each line
  // away at once, and a file goes in full batches.
  std::vector<Batch> add(std::string_view input);
  // The end of the input: what came after the last newline is a line too.
  std::vector<Batch> finish();
  // Bytes of the line that has no end yet.
  std::size_t unfinished() const { return rest_.size(); }

 private:
  void close(std::vector<Batch>& out);
  void take(std::string line, std::vector<Batch>& out);

  std::size_t lines_max_;
  std::size_t bytes_max_;
  std::string rest_;
  Batch batch_;
  std::size_t bytes_{};
};

}  // namespace swim::cli
