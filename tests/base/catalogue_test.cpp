// The catalogue of sentences: both languages, the same blanks, nothing missing.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "base/text.hpp"

namespace celloquy {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> blanks(const std::string& text) {
  static const std::regex blank("\\{([a-z0-9_]+)\\}");
  std::set<std::string> out;
  for (std::sregex_iterator found(text.begin(), text.end(), blank), end; found != end; ++found)
    out.insert((*found)[1]);
  return out;
}

bool holds_chinese(const std::string& text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0xE3 && static_cast<unsigned char>(c) <= 0xE9) return true;
  return false;
}

TEST(Catalogue, HasATitleForEachStepThatReportsItsProgress) {
  const std::regex reported("report\\(\"([^\"]+)\"");
  std::size_t n = 0;
  for (const char* room : {"analysis", "space", "language", "io", "export"})
    for (const auto& entry :
         fs::recursive_directory_iterator(std::string(CELLOQUY_SOURCE_DIR "/src/") + room)) {
      const std::string text = entry.is_regular_file() ? read(entry.path()) : "";
      for (std::sregex_iterator found(text.begin(), text.end(), reported), end; found != end;
           ++found, ++n) {
        const std::string id = "server.step." + (*found)[1].str();
        EXPECT_NE(message(id).en, id) << entry.path();
      }
    }
  EXPECT_GT(n, 20u);
}

TEST(Catalogue, EachLineHasAnIdAndTwoSentencesWithTheSameBlanks) {
  std::map<std::string, std::string> where;
  for (const auto& entry : fs::directory_iterator(CELLOQUY_SOURCE_DIR "/src/base/catalogue")) {
    if (entry.path().extension() != ".tsv") continue;
    const auto file = entry.path().filename().string();
    std::istringstream lines(read(entry.path()));
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line[0] == '#') continue;
      const auto first = line.find('\t'), second = line.find('\t', first + 1);
      ASSERT_TRUE(first != std::string::npos && second != std::string::npos)
          << file << ": " << line;
      EXPECT_EQ(line.find('\t', second + 1), std::string::npos) << file << ": " << line;
      const auto id = line.substr(0, first), en = line.substr(first + 1, second - first - 1),
                 zh = line.substr(second + 1);
      EXPECT_TRUE(where.emplace(id, file).second)
          << id << " is in " << where[id] << " and " << file;
      EXPECT_FALSE(en.empty() || zh.empty()) << id;
      EXPECT_EQ(blanks(en), blanks(zh)) << id;
      EXPECT_FALSE(holds_chinese(en)) << id;
      EXPECT_EQ(line.find('\r'), std::string::npos) << id;
      // A sentence of several words is translated, not copied.
      if (std::count(en.begin(), en.end(), ' ') >= 3) {
        EXPECT_TRUE(holds_chinese(zh)) << id << ": " << zh;
      }
    }
  }
  EXPECT_GT(where.size(), 20u);
  EXPECT_EQ(message_ids().size(), where.size()) << "the program was built from another catalogue";
}

TEST(Catalogue, HoldsEveryIdThatTheSourcesName) {
  // message("id"…), message_template("id"), failure(code, "id"…), refuse("id"…);
  // not where the text goes on with +.
  static const std::regex use(
      "(?:\\bmessage|\\bmessage_template|\\brefuse|\\bfailure)\\(\\s*(?:ErrorCode::\\w+,\\s*)?\"(["
      "a-z0-9_.]+)\"\\s*([,)}])");
  std::size_t checked = 0;
  for (const auto& entry : fs::recursive_directory_iterator(CELLOQUY_SOURCE_DIR "/src")) {
    const auto extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".hpp") continue;
    const auto text = read(entry.path());
    for (std::sregex_iterator found(text.begin(), text.end(), use), end; found != end; ++found) {
      const std::string id = (*found)[1];
      EXPECT_FALSE(message_template(id).empty()) << id << " in " << entry.path().filename();
      ++checked;
    }
  }
  EXPECT_GT(checked, 50u);
}

}  // namespace
}  // namespace celloquy
