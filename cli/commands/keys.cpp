#include <fcntl.h>
#include <swim/v1/admin.grpc.pb.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "cli/commands/commands.hpp"
#include "cli/format/json.hpp"
#include "cli/format/keys_text.hpp"
#include "core/crypto/aead.hpp"

namespace swim::cli {
namespace {

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Result<> write_key(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const int refused = file < 0 ? errno : 0;
  if (refused == EEXIST) {
    return failed(ExitCode::failed, path + " exists; a key is never overwritten",
                  "choose another name, or remove it if no member uses it");
  }
  if (refused != 0) {
    return failed(ExitCode::failed,
                  "can't write " + path + ": " + std::generic_category().message(refused),
                  refused == ENOENT ? "make its folder first: mkdir -p " + folder_of(path) : "");
  }
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(file) == 0;
  const int error = errno;
  if (close(file) != 0 || !written) {
    unlink(path.c_str());
    return failed(ExitCode::failed,
                  "can't write " + path + ": " + std::generic_category().message(error));
  }
  return {};
}

Result<> generate(Context& context, const std::string& path) {
  const auto key = crypto::Key::generate();
  const std::string text = key.to_base64() + "\n";
  if (path.empty()) {
    context.console.out(text);
    return {};
  }
  auto written = write_key(path, text);
  if (written) {
    context.console.note("a new key, fingerprint " + key.fingerprint() + ", is in " + path +
                         " (mode 0600)");
  }
  return written;
}

Result<> status(Context& context, Format format) {
  const auto answer = call(context, Door::admin, "asking for the keys",
                           &v1::AdminService::Stub::ListKeys, v1::ListKeysRequest());
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  context.console.out(format == Format::json ? to_json(*answer, JsonShape::indented) + "\n"
                                             : keys_text(*answer, context.console.style()));
  return {};
}

}  // namespace

void add_keys(Shell shell) {
  auto* keys = shell.app.add_subcommand("keys", "Make a key; see the ring and how to rotate it");
  keys->require_subcommand(1);
  keys->fallthrough();
  add_examples(*keys,
               "  mkdir -p keys && swimctl keys generate --out keys/primary\n"
               "  swimctl keys status\n");

  auto* make = keys->add_subcommand("generate", "A new key: 32 random bytes in base64");
  auto path = std::make_shared<std::string>();
  refuse_empty(
      *make->add_option("--out", *path, "Into this new file, mode 0600, not to standard output")
           ->type_name("FILE"));
  add_examples(*make,
               "  mkdir -p keys && swimctl keys generate --out keys/primary\n"
               "  kubectl create secret generic swim-keys --from-file=keys/primary\n");
  make->callback(
      [shell, path] { shell.action = [shell, path] { return generate(shell.context, *path); }; });

  auto* show = keys->add_subcommand(
      "status", "Fingerprints of this node's keys, and which step of a rotation is safe");
  auto format = std::make_shared<Format>();
  add_output(*show, *format, {Format::table, Format::json});
  add_examples(*show, "  swimctl keys status\n");
  show->callback([shell, format] {
    shell.action = [shell, format] { return status(shell.context, *format); };
  });
}

}  // namespace swim::cli
