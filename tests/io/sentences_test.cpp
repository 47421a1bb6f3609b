// Every sentence that the readers use exists, with a remedy where it refuses.
#include <regex>
#include <set>

#include "support.hpp"

namespace celloquy::test {
namespace {

TEST(Sentences, AreAllInTheCatalogue) {
  const std::regex literal("\"(io\\.[a-z0-9_.]*[a-z0-9_])\""),
      refusal("(?:refuse\\(|unusable_input, )\"(io\\.[a-z0-9_.]+)\"");
  std::set<std::string> used;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::string(CELLOQUY_SOURCE_DIR) + "/src/io")) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
    const auto text = content_of(entry.path().string());
    for (std::sregex_iterator match(text.begin(), text.end(), literal), end; match != end; ++match)
      used.insert((*match)[1]);
    for (std::sregex_iterator match(text.begin(), text.end(), refusal), end; match != end; ++match)
      used.insert((*match)[1].str() + ".remedy");
  }
  EXPECT_GT(used.size(), 100u);
  for (const auto& id : used) {
    const auto text = message_template(id);
    EXPECT_FALSE(text.en.empty()) << id;
    EXPECT_FALSE(text.zh.empty()) << id;
  }
}

}  // namespace
}  // namespace celloquy::test
