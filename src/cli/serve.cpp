#include "cli/serve.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "server/access/users.hpp"
#include "server/server.hpp"

namespace celloquy::cli {
namespace {

constexpr double bytes_a_gigabyte = 1e9;

/// One line of stdin, unseen when it is typed.
std::string read_password(const std::string& user, Language language) {
  termios before{};
  const bool typed = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
  if (typed) {
    fmt::print(stderr, "{}", message("server.password", {{"user", user}}).in(language));
    std::fflush(stderr);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string password;
  std::getline(std::cin, password);
  if (typed) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fmt::print(stderr, "\n");
  }
  return password;
}

Status set_user(const ServeCommand& command, Language language) {
  if (command.users.empty()) return failure(ErrorCode::usage, "server.host_without_users");
  std::map<std::string, server::Right> rights;
  for (const auto& text : command.rights) {
    const auto equals = text.rfind('=');
    const auto right =
        equals == std::string::npos ? std::nullopt : server::right_named(text.substr(equals + 1));
    if (!right) return failure(ErrorCode::usage, "server.bad_right", {{"text", text}});
    rights[text.substr(0, equals)] = *right;
  }
  if (rights.empty()) rights["*"] = server::Right::view;
  return server::Users::set(command.users, command.add_user,
                            read_password(command.add_user, language), rights);
}

server::ServerOptions options_of(const ServeCommand& command, const Settings& settings) {
  server::ServerOptions options;
  options.library.paths = command.paths;
  options.library.uploads = command.uploads;
  options.library.workspace = command.paths.size() == 1 ? settings.workspace : "";
  options.library.memory = static_cast<std::uint64_t>(command.memory_gb * bytes_a_gigabyte);
  options.listener.address = command.host == "localhost" ? "127.0.0.1" : command.host;
  options.listener.port = command.port;
  options.listener.certificate = command.certificate;
  options.listener.key = command.key;
  options.users = command.users;
  options.trusted_header = command.trusted_header;
  if (!command.trusted_from.empty()) options.trusted_from = command.trusted_from;
  options.hosts = command.names;
  options.web = command.web;
  options.most_upload = static_cast<std::uint64_t>(command.most_upload_gb * bytes_a_gigabyte);
  options.version = CELLOQUY_VERSION;
  options.threads = settings.threads;
  return options;
}

}  // namespace

int serve(const ServeCommand& command, const Settings& settings) {
  const Language language = interface_language(settings);
  if (!command.add_user.empty()) {
    if (const auto set = set_user(command, language); !set)
      return report_error(set.error(), settings);
    fmt::print("{}\n", message("server.user_set", {{"user", command.add_user}}).in(language));
    return 0;
  }
  if (command.certificate.empty() != command.key.empty())
    return report_error(
        failure(ErrorCode::usage, "cli.usage", {{"what", "--certificate and --key"}}).value(),
        settings);
  // Blocked before any thread is made, so that only the wait below gets them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const auto server = server::Server::start(options_of(command, settings));
  if (!server) return report_error(server.error(), settings);
  if (settings.json) {
    print_json({{"address", (*server)->address()},
                {"port", (*server)->port()},
                {"secret", (*server)->secret()}});
  } else {
    fmt::print("{} {}\n{}\n", message("server.listening").in(language), (*server)->address(),
               message("server.stop").in(language));
  }
  std::fflush(stdout);
  int which = 0;
  sigwait(&ends, &which);
  return 0;
}

}  // namespace celloquy::cli
