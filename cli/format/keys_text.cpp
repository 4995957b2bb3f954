#include "cli/format/keys_text.hpp"

#include "cli/text/display.hpp"
#include "cli/text/table.hpp"

namespace swim::cli {
namespace {

std::string secondaries(const v1::ListKeysResponse& keys) {
  std::string text;
  for (const auto& key : keys.keys()) {
    if (!key.primary()) {
      text += (text.empty() ? "" : ", ") + key.fingerprint();
    }
  }
  return text;
}

std::string begin_text(const std::string& folder) {
  return "No rotation is under way here: one key seals and opens everything.\n"
         "To begin one, which is safe at any time:\n"
         "  1. swimctl keys generate --out secondary-new, and put that file into " +
         folder +
         "\n"
         "     of EVERY member; each takes it over by itself, or at `swimctl reload`.\n"
         "  Members without it keep working, as nobody seals with it yet.\n";
}

std::string under_way_text(const std::string& primary, const std::string& others,
                           const std::string& folder) {
  return "A rotation is under way, or was not finished: " + primary + " seals, " + others +
         " also open(s).\n"
         "What is safe now depends on all members; this node knows its own ring only.\n"
         "  2. Make the new key `primary` and the old one a `secondary-*` in " +
         folder +
         ":\n"
         "     safe once `swimctl keys status` lists the NEW fingerprint on every member\n"
         "     (metric: swim_keyring_info). Earlier, members without it can't read this one.\n"
         "  3. Remove the old key: safe once every member shows the new one as primary, and a\n"
         "     minute has passed. Earlier, what others still seal with it is dropped here, which\n"
         "     shows under `dropped` in `swimctl status`.\n";
}

}  // namespace

std::string keys_text(const v1::ListKeysResponse& keys, const Style& style) {
  Table table({"FINGERPRINT", "ROLE"});
  std::string primary;
  for (const auto& key : keys.keys()) {
    if (key.primary()) {
      primary = key.fingerprint();
    }
    table.add({{key.fingerprint(), Color::plain},
               key.primary() ? Cell{"PRIMARY (seals and opens)", Color::green}
                             : Cell{"SECONDARY (opens)", Color::plain}});
  }
  std::string text = table.render(style) + "\n";
  if (keys.keyring_dir().empty()) {
    return text +
           "The key was generated at the start and is in no file: this node is on its own, and the "
           "key goes with it.\nFor a cluster: swimctl keys generate --out DIR/primary, the same "
           "file for every member, and\nencryption.keyring-dir=DIR.\n";
  }
  const std::string folder = printable(keys.keyring_dir());
  return text + (keys.keys_size() < 2 ? begin_text(folder)
                                      : under_way_text(primary, secondaries(keys), folder));
}

}  // namespace swim::cli
