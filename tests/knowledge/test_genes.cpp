#include <gtest/gtest.h>

#include "knowledge/gene_kinds.hpp"
#include "knowledge/knowledge.hpp"
#include "knowledge/organism.hpp"

namespace celloquy::knowledge {
namespace {

const GeneTable& human() { return **human_genes(); }
const GeneTable& mouse() { return **mouse_genes(); }

std::string_view found(std::string_view name) {
  const auto match = human().find(name);
  return match ? human().symbol(match.gene) : "";
}

TEST(GeneTable, ResolvesEveryKindOfName) {
  EXPECT_EQ(found("CD8A"), "CD8A");
  EXPECT_EQ(found("cd8a"), "CD8A");
  EXPECT_EQ(found("ENSG00000153563"), "CD8A");
  EXPECT_EQ(found("ENSG00000153563.17"), "CD8A");
  EXPECT_EQ(human().find("BVES").kind, NameKind::previous);
  EXPECT_EQ(found("BVES"), "POPDC1");
  EXPECT_EQ(found("CD20"), "MS4A1");
  EXPECT_EQ(human().find("CD56").kind, NameKind::alias);
  EXPECT_EQ(found("CD56"), "NCAM1");
  EXPECT_EQ(human().find("ENSG00000153563").kind, NameKind::ensembl);
}

TEST(GeneTable, UnknownNamesAreUnknown) {
  for (const std::string_view name : {"", "NOT_A_GENE", "ENSG99999999999", "CD8A ", "\xff\xfe"}) {
    const auto match = human().find(name);
    EXPECT_FALSE(match) << name;
    EXPECT_FALSE(match.ambiguous()) << name;
    EXPECT_EQ(match.kind, NameKind::none) << name;
  }
}

TEST(GeneTable, PresentSymbolWinsOverFormerOnes) {
  // MARCH1 was the symbol of MARCHF1; CD8 was that of CD8A.
  EXPECT_EQ(found("MARCH1"), "MARCHF1");
  EXPECT_EQ(found("CD8"), "CD8A");
  // Each present symbol is found as itself.
  for (std::size_t i = 0; i < human().size(); ++i) {
    const auto gene = static_cast<std::int32_t>(i);
    const auto match = human().find(human().symbol(gene));
    ASSERT_TRUE(match) << human().symbol(gene);
    ASSERT_EQ(human().symbol(match.gene), human().symbol(gene));
  }
}

TEST(GeneTable, AmbiguousNamesAreReportedWithTheirGenes) {
  // An alias of several genes and of none in particular: the table has thousands.
  std::size_t ambiguous = 0;
  for (const std::string_view name : {"p40", "PAP", "MT1", "CD85", "ASP", "NAP1"}) {
    const auto match = human().find(name);
    if (!match.ambiguous()) continue;
    ++ambiguous;
    EXPECT_GE(match.others.size(), 2u) << name;
  }
  EXPECT_GE(ambiguous, 2u);
}

TEST(GeneTable, MouseGenesHaveHumanOrthologs) {
  const auto match = mouse().find("Cd8a");
  ASSERT_TRUE(match);
  EXPECT_EQ(mouse().symbol(match.gene), "Cd8a");
  EXPECT_EQ(mouse().human_symbol(match.gene), "CD8A");
  const auto by_id = mouse().find("ENSMUSG00000053977.15");
  ASSERT_TRUE(by_id);
  EXPECT_EQ(mouse().symbol(by_id.gene), "Cd8a");
  // Different names in the two organisms.
  EXPECT_EQ(mouse().human_symbol(mouse().find("Ptprc").gene), "PTPRC");
  EXPECT_EQ(mouse().human_symbol(mouse().find("Trp53").gene), "TP53");
  EXPECT_EQ(mouse().human_symbol(mouse().find("Lyz2").gene), "LYZ");
}

TEST(GeneKinds, TellsLookAlikesApart) {
  for (const auto* name : {"MT-CO1", "mt-Nd4", "MT.ND1"})
    EXPECT_TRUE(is_mitochondrial(name)) << name;
  for (const auto* name : {"MTOR", "MT1X", "MTRNR2L1", "MT-"})
    EXPECT_FALSE(is_mitochondrial(name)) << name;
  for (const auto* name :
       {"RPL3", "Rps27a", "RPLP0", "RPSA", "RPL36AL", "RPS4X", "RPS4Y1", "RPL22L1", "Rpl13a"})
    EXPECT_TRUE(is_ribosomal(name)) << name;
  for (const auto* name :
       {"RPS6KA1", "RPS6KB2", "MRPL1", "RPL7P1", "RPL", "RPLP", "RPN1", "RPS19BP1"})
    EXPECT_FALSE(is_ribosomal(name)) << name;
  for (const auto* name :
       {"HBA1", "HBB", "HBG2", "HBQ1", "HBZ", "Hbb-bs", "Hba-a1", "Hbb-bh1", "Hbq1a", "HBM"})
    EXPECT_TRUE(is_hemoglobin(name)) << name;
  for (const auto* name : {"HBEGF", "HBP1", "HBS1L", "HB", "HBZP1"})
    EXPECT_FALSE(is_hemoglobin(name)) << name;
  EXPECT_EQ(cell_cycle_phase("Mki67"), CellCyclePhase::g2m);
  EXPECT_EQ(cell_cycle_phase("PIMREG"), CellCyclePhase::g2m);
  EXPECT_EQ(cell_cycle_phase("FAM64A"), CellCyclePhase::g2m);
  EXPECT_EQ(cell_cycle_phase("PCNA"), CellCyclePhase::s);
  EXPECT_EQ(cell_cycle_phase("GAPDH"), CellCyclePhase::none);
}

TEST(GeneKinds, AgreesWithTheTableOnRealGenes) {
  // Every gene of the mitochondrial genome, 80 cytosolic ribosomal proteins.
  std::size_t mitochondrial = 0, ribosomal = 0, hemoglobin = 0;
  for (std::int32_t gene = 0; gene < static_cast<std::int32_t>(human().size()); ++gene) {
    const auto symbol = human().symbol(gene);
    mitochondrial += is_mitochondrial(symbol) && human().protein_coding(gene);
    ribosomal += is_ribosomal(symbol) && human().protein_coding(gene);
    hemoglobin += is_hemoglobin(symbol);
    EXPECT_FALSE(is_ribosomal(symbol) && symbol.find("P1") != std::string_view::npos &&
                 symbol != "RPLP1")
        << symbol;
  }
  EXPECT_EQ(mitochondrial, 13u);
  EXPECT_GE(ribosomal, 80u);
  EXPECT_LE(ribosomal, 95u);
  EXPECT_GE(hemoglobin, 9u);
  EXPECT_LE(hemoglobin, 12u);
}

TEST(GeneKinds, UsesTheTableForEnsemblIds) {
  const std::vector<std::string> names = {"ENSG00000198804", "ENSG00000153563", "GRCh38_MT-CO2",
                                          "RPL3"};
  const auto kinds = classify_genes(names, &human());
  EXPECT_EQ(kinds.mitochondrial, (std::vector<std::uint8_t>{1, 0, 1, 0}));
  EXPECT_EQ(kinds.n_mitochondrial, 2u);
  EXPECT_EQ(kinds.n_ribosomal, 1u);
}

std::vector<std::string> symbols(const GeneTable& table, std::size_t step, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.size() && names.size() < count; i += step)
    names.emplace_back(table.symbol(static_cast<std::int32_t>(i)));
  return names;
}

TEST(DetectOrganism, TellsHumanMouseAndMixed) {
  const auto detect = [](const std::vector<std::string>& names) {
    return detect_organism(names, human(), mouse());
  };
  auto names = symbols(human(), 7, 3000);
  EXPECT_EQ(detect(names).organism, Organism::human);
  EXPECT_GT(detect(names).agreement, 0.9);
  const auto mouse_names = symbols(mouse(), 7, 3000);
  EXPECT_EQ(detect(mouse_names).organism, Organism::mouse);
  names.insert(names.end(), mouse_names.begin(), mouse_names.end());
  EXPECT_EQ(detect(names).organism, Organism::mixed);
  EXPECT_EQ(detect({"GRCh38_CD3D", "GRCh38_LYZ", "mm10___Cd3d", "mm10___Lyz2"}).organism,
            Organism::mixed);
  EXPECT_EQ(detect({"ENSG00000153563", "ENSG00000153563.2"}).organism, Organism::human);
  EXPECT_TRUE(detect({"ENSG00000153563"}).by_ensembl);
  EXPECT_EQ(detect({"ENSMUSG00000053977", "Cd3d", "Lyz2"}).organism, Organism::mouse);
}

TEST(DetectOrganism, DoesNotGuess) {
  const auto detect = [](const std::vector<std::string>& names) {
    return detect_organism(names, human(), mouse()).organism;
  };
  EXPECT_EQ(detect({}), Organism::unknown);
  EXPECT_EQ(detect({"gene1", "gene2", "gene3"}), Organism::unknown);
  std::vector<std::string> rat;
  for (int i = 0; i < 500; ++i) rat.push_back("ENSRNOG000000" + std::to_string(10000 + i));
  EXPECT_EQ(detect(rat), Organism::unknown);
  std::vector<std::string> numbers;
  for (int i = 0; i < 5000; ++i) numbers.push_back(std::to_string(i));
  numbers.push_back("CD3D");
  EXPECT_EQ(detect(numbers), Organism::unknown);
}

}  // namespace
}  // namespace celloquy::knowledge
