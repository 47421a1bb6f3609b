#include "matrix/data_frame.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace celloquy {
namespace {

TEST(DataFrame, RowsKeepEveryKindOfColumn) {
  DataFrame frame;
  frame.index = {"a", "b", "c"};
  frame.set("x", std::vector<double>{1.5, NAN, 3});
  frame.set("n", NullableInteger{{1, 2, 3}, {0, 1, 0}});
  frame.set("f", NullableBoolean{{1, 0, 1}, {}});
  frame.set("t", std::vector<std::string>{"p", "", "q"});
  frame.set("c", Categorical{{"u", "v"}, {1, -1, 0}, true});
  const auto kept = frame.rows({0, 2});
  EXPECT_EQ(kept.index, (std::vector<std::string>{"a", "c"}));
  std::string all;
  for (const auto& [name, column] : kept.columns) {
    EXPECT_EQ(length(column), 2u);
    all += name + ":" + value_text(column, 0) + "," + value_text(column, 1) + " ";
  }
  EXPECT_EQ(all, "x:1.5,3 n:1,3 f:true,true t:p,q c:v,u ");
  EXPECT_EQ(value_text(*frame.find("n"), 1), "");
  EXPECT_EQ(value_text(*frame.find("x"), 1), "");
  EXPECT_EQ(frame.find("missing"), nullptr);
  frame.set("x", std::vector<double>{0, 0, 0});
  EXPECT_EQ(frame.columns.size(), 5u);  // replaced
  EXPECT_TRUE(std::get<Categorical>(*kept.find("c")).ordered);
}

TEST(DataFrame, Categories) {
  const auto texts = as_categorical(std::vector<std::string>{"b", "", "a", "b"});
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->categories, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(texts->codes, (std::vector<std::int32_t>{0, -1, 1, 0}));
  const auto numbers = as_categorical(NullableInteger{{10, 2, 99}, {0, 0, 1}});
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->categories, (std::vector<std::string>{"2", "10"}));  // the missing 99 is none
  EXPECT_EQ(numbers->codes, (std::vector<std::int32_t>{1, 0, -1}));
  const auto flags = as_categorical(NullableBoolean{{1, 0, 0}, {0, 0, 1}});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->codes, (std::vector<std::int32_t>{1, 0, -1}));
  EXPECT_FALSE(as_categorical(std::vector<double>{1, 2}));
}

}  // namespace
}  // namespace celloquy
