#include "knowledge/model_files.hpp"

#include <zlib.h>

#include <cstdlib>
#include <memory>
#include <system_error>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

namespace celloquy::knowledge {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t size_limit = std::size_t{256} << 20;

fs::path program_folder() {
  std::error_code error;
#ifdef __APPLE__
  char buffer[4096];
  std::uint32_t size = sizeof buffer;
  if (_NSGetExecutablePath(buffer, &size) != 0) return {};
  return fs::canonical(buffer, error).parent_path();
#else
  return fs::read_symlink("/proc/self/exe", error).parent_path();
#endif
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

tl::unexpected<Error> unreadable(const fs::path& path) {
  return failure(ErrorCode::internal, "knowledge.unreadable", {{"path", path.string()}});
}

}  // namespace

fs::path models_folder() {
  if (const char* chosen = std::getenv("CELLOQUY_MODELS"); chosen && *chosen) return chosen;
  if (const auto program = program_folder(); !program.empty()) {
    const auto installed = program.parent_path() / "share" / "celloquy" / "models";
    if (is_folder(installed)) return installed;
  }
  return CELLOQUY_MODELS_DIR;
}

Expected<std::string> read_compressed_file(const fs::path& path) {
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };
  const std::unique_ptr<gzFile_s, Close> file(gzopen(path.c_str(), "rb"));
  if (!file) return unreadable(path);
  gzbuffer(file.get(), 1 << 17);
  std::string content;
  std::error_code error;
  const auto packed = fs::file_size(path, error);
  if (error || packed > size_limit) return unreadable(path);
  std::size_t used = 0;
  content.resize(static_cast<std::size_t>(packed) * 5 + 4096);
  for (;;) {
    const std::size_t room = std::min<std::size_t>(content.size() - used, 1u << 30);
    const int got = gzread(file.get(), content.data() + used, static_cast<unsigned>(room));
    if (got < 0) return unreadable(path);
    used += static_cast<std::size_t>(got);
    if (static_cast<std::size_t>(got) < room) break;
    if (used >= size_limit) return unreadable(path);
    content.resize(content.size() * 2);
  }
  // A file cut short reads as its beginning; zlib tells only here.
  int state = Z_OK;
  gzerror(file.get(), &state);
  if (state != Z_OK && state != Z_STREAM_END) return unreadable(path);
  content.resize(used);
  return content;
}

Expected<std::string> read_model_file(std::string_view relative_path) {
  return read_compressed_file(models_folder() / relative_path);
}

}  // namespace celloquy::knowledge
