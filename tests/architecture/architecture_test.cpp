// The shape of src/: who may include whom, and how long a file may be.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Lowest first; docs/architecture.md says what each holds.
const std::vector<std::string> rooms = {"base",     "matrix", "io",        "knowledge", "analysis",
                                        "language", "space",  "workspace", "plots",     "export",
                                        "tools",    "chat",   "server",    "training",  "cli"};

int level(const std::string& room) {
  const auto found = std::find(rooms.begin(), rooms.end(), room);
  return found == rooms.end() ? -1 : static_cast<int>(found - rooms.begin());
}

struct Source {
  std::string path;  // from src/
  std::vector<std::string> lines;
};

std::vector<Source> sources() {
  std::vector<Source> out;
  const fs::path root = CELLOQUY_SOURCE_DIR "/src";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".hpp") continue;
    Source source{fs::relative(entry.path(), root).generic_string(), {}};
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) source.lines.push_back(line);
    out.push_back(std::move(source));
  }
  return out;
}

std::string room_of(const std::string& path) { return path.substr(0, path.find('/')); }

TEST(Architecture, AFileIncludesOnlyFromItsRoomAndTheRoomsBelow) {
  static const std::regex include("^\\s*#\\s*include\\s+\"([^\"]+)\"");
  std::size_t checked = 0;
  for (const auto& source : sources()) {
    const int own = level(room_of(source.path));
    EXPECT_GE(own, 0) << source.path << " is in no known room";
    for (const auto& line : source.lines) {
      std::smatch found;
      if (!std::regex_search(line, found, include)) continue;
      const std::string target = found[1];
      EXPECT_TRUE(fs::exists(fs::path(CELLOQUY_SOURCE_DIR "/src") / target))
          << source.path << " includes \"" << target << "\": paths begin at src/";
      EXPECT_LE(level(room_of(target)), own) << source.path << " includes " << target;
      ++checked;
    }
  }
  EXPECT_GT(checked, 100u);
}

TEST(Architecture, NoFileIsLongerThan500Lines) {
  for (const auto& source : sources())
    EXPECT_LE(source.lines.size(), 500u) << source.path << " should be divided by meaning";
}

TEST(Architecture, EveryHeaderHasItsGuardFirst) {
  for (const auto& source : sources()) {
    if (source.path.size() < 4 || source.path.substr(source.path.size() - 4) != ".hpp") continue;
    ASSERT_FALSE(source.lines.empty()) << source.path;
    EXPECT_EQ(source.lines.front(), "#pragma once") << source.path;
  }
}

TEST(Architecture, NoHeaderOpensANamespaceForItsReaders) {
  for (const auto& source : sources()) {
    if (source.path.substr(source.path.size() - 4) != ".hpp") continue;
    for (const auto& line : source.lines)
      EXPECT_EQ(line.find("using namespace"), std::string::npos) << source.path << ": " << line;
  }
}

TEST(Architecture, ThereIsNoRoomWithoutAMeaning) {
  for (const auto& entry : fs::recursive_directory_iterator(CELLOQUY_SOURCE_DIR "/src"))
    for (const char* name : {"utils", "util", "helpers", "common", "misc"})
      EXPECT_NE(entry.path().filename().string(), name) << entry.path();
}

}  // namespace
