// A main for fuzz targets where there is no libFuzzer: runs every file of the given folders (and
// files) once, so that the corpus is a plain test with any compiler.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "can't read %s\n", path.c_str());
    return false;
  }
  const std::vector<char> text(std::istreambuf_iterator<char>(file), {});
  // A copy of the exact size: a sanitizer then sees a read beyond its end.
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  bool good = true;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      good = replay(argv[i]) && good;
      ++count;
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      good = replay(entry.path()) && good;
      ++count;
    }
  }
  // Said in order that an emptied corpus does not pass for a tested one.
  if (count == 0) std::fprintf(stderr, "no input: give folders or files of a corpus\n");
  std::printf("%zu inputs replayed\n", count);
  return good && count > 0 ? 0 : 1;
}
