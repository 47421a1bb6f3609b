#include "io/assets.hpp"

#include <sys/stat.h>

#include <cstdlib>

namespace celloquy {

std::string asset_cache() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value ? value : "";
  };
  if (auto chosen = variable("CELLOQUY_ASSETS"); !chosen.empty()) return chosen;
  if (auto cache = variable("XDG_CACHE_HOME"); !cache.empty()) return cache + "/celloquy/assets";
  return variable("HOME") + "/.cache/celloquy/assets";
}

Expected<std::string> asset_path(const std::string& asset, const std::string& member) {
  const auto path = asset_cache() + "/" + asset + "/" + member;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    return failure(ErrorCode::unusable_input, "io.asset_missing",
                   {{"asset", asset}, {"member", member}, {"cache", asset_cache()}});
  return path;
}

}  // namespace celloquy
