#include "language/words.hpp"

#include <gtest/gtest.h>

namespace celloquy::language {
namespace {

using Words = std::vector<std::string>;

TEST(ContentWords, AreStemsWithoutFunctionWords) {
  EXPECT_EQ(content_words("cells that make antibodies"), Words{"antibodi"});
  EXPECT_EQ(content_words("Antibody-making CELL of the CD4+ kind"),
            (Words{"antibodi", "cd4", "kind"}));
}

TEST(ContentWords, EachWordOnceAndOtherScriptsDivide) {
  EXPECT_EQ(content_words("egg, eggs分泌egg"), Words{"egg"});
  EXPECT_TRUE(content_words("").empty());
  EXPECT_TRUE(content_words("的 – …").empty());
}

}  // namespace
}  // namespace celloquy::language
