#include "space/text/gene_mentions.hpp"

#include <gtest/gtest.h>

#include "knowledge/knowledge.hpp"

namespace celloquy::space {
namespace {

std::string found(std::string_view text) {
  std::string out;
  for (const auto& gene :
       gene_mentions(text, **knowledge::human_genes(), **knowledge::marker_table()).genes)
    out += (out.empty() ? "" : " ") + std::string(gene.absent ? "-" : "+") + gene.symbol;
  return out;
}

double share(std::string_view text) {
  return gene_mentions(text, **knowledge::human_genes(), **knowledge::marker_table()).share;
}

TEST(GeneMentions, OfMarkerLists) {
  EXPECT_EQ(found("CD3D+ CD8A+ GZMK+"), "+CD3D +CD8A +GZMK");
  EXPECT_EQ(found("CD3D, CD8A and GZMK"), "+CD3D +CD8A +GZMK");
  EXPECT_EQ(found("CD3D+CD8A+CD4-"), "+CD3D +CD8A -CD4");
  EXPECT_EQ(found("MS4A1 CD79A"), "+MS4A1 +CD79A");
}

TEST(GeneMentions, SignsInBothLanguages) {
  EXPECT_EQ(found("CD4-positive, CD25 negative"), "+CD4 -IL2RA");
  EXPECT_EQ(found("CD8A阳性 CD4阴性"), "+CD8A -CD4");
  EXPECT_EQ(found("PDCD1high TCF7low"), "+PDCD1 -TCF7");
}

TEST(GeneMentions, NamesOfSurfaceMolecules) {
  EXPECT_EQ(found("CD16+ monocyte"), "+FCGR3A");
  EXPECT_EQ(found("CD56 bright"), "+NCAM1");
}

TEST(GeneMentions, WordsAreNotGenes) {
  EXPECT_EQ(found("a cell that was set apart from the rest"), "");
  EXPECT_EQ(found("T cells of the IMPACT study"), found("T cells of the IMPACT study"));
  EXPECT_EQ(found("ILC2 and HSC, DNA repair"), "");
  EXPECT_EQ(found("NK cell"), "");
  EXPECT_EQ(found(""), "");
  EXPECT_EQ(found("分泌抗体的细胞"), "");
}

TEST(GeneMentions, EachGeneOnce) { EXPECT_EQ(found("CD3D CD3D+ CD3D"), "+CD3D"); }

TEST(GeneMentions, ShareTellsListsFromNames) {
  EXPECT_GE(share("CD3D+ CD8A+ GZMK+"), 0.99);
  EXPECT_LT(share("CD14+ monocyte"), 0.6);
  EXPECT_EQ(share("monocyte"), 0);
  // Words that only hold the list together do not count where there is nothing else.
  EXPECT_EQ(share("PPBP和PF4高表达的细胞"), 1);
  EXPECT_EQ(share("cells with high CD14 and LYZ"), 1);
  EXPECT_LT(share("CD34+ cells"), 0.6);
  EXPECT_LT(share("CD4+ CD45RA+ CD25- naive T cell"), 0.6);
}

TEST(GeneMentions, BrokenBytesDoNoHarm) {
  for (const std::string text : {"\xff\xfe", "CD3D\xe4", "\xe4\xb8", "CD8A+\xf0\x9f"})
    EXPECT_NO_FATAL_FAILURE(found(text));
}

}  // namespace
}  // namespace celloquy::space
