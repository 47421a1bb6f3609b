#pragma once
// celloquy serve: the web platform.

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace celloquy::cli {

struct ServeCommand {
  std::vector<std::string> paths;
  std::uint16_t port = 8765;
  std::string host = "127.0.0.1", users, trusted_header, certificate, key, uploads, web;
  std::vector<std::string> trusted_from, names;
  std::string add_user;             ///< instead of serving: gives this user a password
  std::vector<std::string> rights;  ///< STUDY=RIGHT, "*=view"
  double memory_gb = 0, most_upload_gb = 20;
};

/// Serves until Ctrl-C; prints the address to open.
int serve(const ServeCommand& command, const Settings& settings);

}  // namespace celloquy::cli
