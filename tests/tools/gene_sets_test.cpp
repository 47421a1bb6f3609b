// Gene sets from the files that people have.

#include "tools/gene_sets.hpp"

#include <gtest/gtest.h>

namespace celloquy::tools {
namespace {

std::string shown(std::string_view text) {
  const auto sets = parse_gene_sets(text);
  if (!sets) return "refused";
  std::string out;
  for (const auto& set : *sets) {
    out += set.name + "=";
    for (const auto& gene : set.genes) out += gene + " ";
    out += ";";
  }
  return out;
}

TEST(GeneSets, AreReadFromGmtTablesAndPairs) {
  EXPECT_EQ(shown("HALLMARK_A\thttp://x\tCD3D\tCD3E\r\nB\tna\tMS4A1\tMS4A1\n"),
            "HALLMARK_A=CD3D CD3E ;B=MS4A1 ;");
  // A column a set, of different lengths.
  EXPECT_EQ(shown("T cells,B cells\nCD3D,MS4A1\nCD3E,\n"), "T cells=CD3D CD3E ;B cells=MS4A1 ;");
  EXPECT_EQ(shown("T\tB\nCD3D\tMS4A1\nCD3E\tCD19\n"), "T=CD3D CD3E ;B=MS4A1 CD19 ;");
  EXPECT_EQ(shown("gene,pathway\nCD3D,T\nMS4A1,B\nCD3E,T\n"), "T=CD3D CD3E ;B=MS4A1 ;");
  EXPECT_EQ(shown("\xEF\xBB\xBFone\n# said before\n\"CD3D\"\n\nCD3E"), "one=CD3D CD3E ;");
  EXPECT_EQ(shown("T细胞;B细胞\nCD3D;MS4A1\n"), "T细胞=CD3D ;B细胞=MS4A1 ;");
}

TEST(GeneSets, WhatIsNoneIsRefused) {
  EXPECT_EQ(shown(""), "refused");
  EXPECT_EQ(shown("only a title\n"), "refused");
  EXPECT_EQ(shown(std::string_view("\0\1\2", 3)), "refused");
  EXPECT_EQ(shown("set\n" + std::string(500, 'x')), "refused");
  std::string long_set = "set\n";
  for (std::size_t i = 0; i <= most_genes_of_a_set; ++i) long_set += "G" + std::to_string(i) + "\n";
  EXPECT_EQ(shown(long_set), "refused");
}

}  // namespace
}  // namespace celloquy::tools
