#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "plots/svg.hpp"

extern char** environ;

namespace celloquy::plots {
namespace {

/// The whole text into the pipe; false when the reader went away.
bool feed(int pipe, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(pipe, text.data() + at, text.size() - at);
    if (written <= 0) return false;
    at += static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

Status write_png(const std::string& svg, const std::string& path, double scale) {
  const auto failed = [&] {
    return failure(ErrorCode::unusable_input, "plots.converter_failed", {{"path", path}});
  };
  const std::string drawing = path + ".part.svg", picture = path + ".part.png";
  // Through a file: no signal when the converter ends early.
  const int fd = ::open(drawing.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return failed();
  const bool whole = feed(fd, svg);
  ::close(fd);
  std::string zoom = "--zoom=" + std::to_string(scale), out = "--output=" + picture;
  std::string program = "rsvg-convert", in = drawing, keep = "--unlimited";
  char* arguments[] = {program.data(), keep.data(), zoom.data(), out.data(), in.data(), nullptr};
  pid_t child = 0;
  const int error =
      whole ? ::posix_spawnp(&child, "rsvg-convert", nullptr, nullptr, arguments, environ) : -1;
  int status = -1;
  if (error == 0) ::waitpid(child, &status, 0);
  ::unlink(drawing.c_str());
  const bool missing =
      error == ENOENT || (error == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127);
  if (missing) return failure(ErrorCode::cannot_answer, "plots.no_converter");
  if (error != 0 || status != 0 || ::rename(picture.c_str(), path.c_str()) != 0) {
    ::unlink(picture.c_str());
    return failed();
  }
  return {};
}

}  // namespace celloquy::plots
