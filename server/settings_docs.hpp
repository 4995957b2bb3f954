// Help and documentation out of the table of settings.
#pragma once

#include <string>

namespace swim::server {

std::string settings_help();      // `swimd --help`
std::string settings_markdown();  // server/SETTINGS.md

}  // namespace swim::server
