#include "knowledge/gene_kinds.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace celloquy::knowledge {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = upper(c);
  return result;
}

void skip_digits(std::string_view& rest) {
  while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
}

// Sorted. Present symbols, and the former ones where they changed.
constexpr auto s_genes = std::to_array<std::string_view>(
    {"ATAD2",  "BLM",   "BRIP1", "CASP8AP2", "CCNE2",    "CDC45",  "CDC6", "CDCA7", "CENPU",
     "CHAF1B", "CLSPN", "DSCC1", "DTL",      "E2F8",     "EXO1",   "FEN1", "GINS2", "GMNN",
     "HELLS",  "MCM2",  "MCM4",  "MCM5",     "MCM6",     "MLF1IP", "MSH2", "NASP",  "PCNA",
     "POLA1",  "POLD3", "PRIM1", "RAD51",    "RAD51AP1", "RFC2",   "RPA2", "RRM1",  "RRM2",
     "SLBP",   "TIPIN", "TYMS",  "UBR7",     "UHRF1",    "UNG",    "USP1", "WDR76"});
constexpr auto g2m_genes = std::to_array<std::string_view>(
    {"ANLN",   "ANP32E", "AURKA",  "AURKB",  "BIRC5",  "BUB1",   "CBX5",   "CCNB2",
     "CDC20",  "CDC25C", "CDCA2",  "CDCA3",  "CDCA8",  "CDK1",   "CENPA",  "CENPE",
     "CENPF",  "CKAP2",  "CKAP2L", "CKAP5",  "CKS1B",  "CKS2",   "CTCF",   "DLGAP5",
     "ECT2",   "FAM64A", "G2E3",   "GAS2L3", "GTSE1",  "HJURP",  "HMGB2",  "HMMR",
     "HN1",    "JPT1",   "KIF11",  "KIF20B", "KIF23",  "KIF2C",  "LBR",    "MKI67",
     "NCAPD2", "NDC80",  "NEK2",   "NUF2",   "NUSAP1", "PIMREG", "PSRC1",  "RANGAP1",
     "SMC4",   "TACC3",  "TMPO",   "TOP2A",  "TPX2",   "TTK",    "TUBB4B", "UBE2C"});
static_assert(std::is_sorted(s_genes.begin(), s_genes.end()));
static_assert(std::is_sorted(g2m_genes.begin(), g2m_genes.end()));
constexpr std::size_t longest_cell_cycle_symbol = 8;

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

}  // namespace

bool is_mitochondrial(std::string_view symbol) {
  return symbol.size() > 3 && upper(symbol[0]) == 'M' && upper(symbol[1]) == 'T' &&
         (symbol[2] == '-' || symbol[2] == '.');
}

bool is_ribosomal(std::string_view symbol) {
  if (symbol.size() < 4 || upper(symbol[0]) != 'R') return false;  // nearly all, without a copy
  const auto name = upper(symbol);
  std::string_view rest = name;
  if (!rest.starts_with("RPL") && !rest.starts_with("RPS")) return false;
  const bool small = rest[2] == 'S';
  rest.remove_prefix(3);
  if (small && (rest == "A" || rest == "A2")) return true;                    // RPSA
  if (!small && (rest == "P0" || rest == "P1" || rest == "P2")) return true;  // the stalk
  const auto before = rest.size();
  skip_digits(rest);
  if (rest.size() == before) return false;
  // RPL13A, RPL36AL, RPL22L1, RPS4X, RPS4Y1, RPS27L; RPS6KA1 and RPL7P1 are not.
  return rest.empty() || rest == "A" || rest == "AL" || rest == "L" || rest == "L1" ||
         rest == "X" || rest == "Y1" || rest == "Y2";
}

bool is_hemoglobin(std::string_view symbol) {
  if (symbol.size() < 3 || upper(symbol[0]) != 'H') return false;
  const auto name = upper(symbol);
  std::string_view rest = name;
  if (!rest.starts_with("HB") || rest.size() < 3) return false;
  const char chain = rest[2];
  if (std::string_view("ABDEGMQZ").find(chain) == std::string_view::npos) return false;
  rest.remove_prefix(3);
  if (rest.starts_with('-')) return chain == 'A' || chain == 'B';  // mouse Hba-a1, Hbb-bs
  skip_digits(rest);
  return rest.empty() || (chain == 'Q' && (rest == "A" || rest == "B"));  // mouse Hbq1a
}

CellCyclePhase cell_cycle_phase(std::string_view symbol) {
  if (symbol.size() > longest_cell_cycle_symbol) return CellCyclePhase::none;
  const auto name = upper(symbol);
  if (contains(s_genes, name)) return CellCyclePhase::s;
  if (contains(g2m_genes, name)) return CellCyclePhase::g2m;
  return CellCyclePhase::none;
}

std::string_view without_genome_prefix(std::string_view name) {
  for (const std::string_view genome :
       {"GRCh38", "GRCh37", "GRCm39", "GRCm38", "hg38", "hg19", "mm39", "mm10"}) {
    if (name.size() <= genome.size() + 1 || !name.starts_with(genome)) continue;
    auto rest = name.substr(genome.size());
    if (rest.front() != '_') continue;
    while (!rest.empty() && rest.front() == '_') rest.remove_prefix(1);
    if (!rest.empty()) return rest;
  }
  return name;
}

GeneKinds classify_genes(std::span<const std::string> names, const GeneTable* table) {
  GeneKinds kinds;
  kinds.mitochondrial.resize(names.size());
  kinds.ribosomal.resize(names.size());
  kinds.hemoglobin.resize(names.size());
  kinds.cell_cycle.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string_view symbol = without_genome_prefix(names[i]);
    if (table && symbol.starts_with("ENS"))
      if (const auto match = table->find(symbol)) symbol = table->symbol(match.gene);
    kinds.n_mitochondrial += kinds.mitochondrial[i] = is_mitochondrial(symbol);
    kinds.n_ribosomal += kinds.ribosomal[i] = is_ribosomal(symbol);
    kinds.n_hemoglobin += kinds.hemoglobin[i] = is_hemoglobin(symbol);
    kinds.cell_cycle[i] = cell_cycle_phase(symbol);
    kinds.n_s += kinds.cell_cycle[i] == CellCyclePhase::s;
    kinds.n_g2m += kinds.cell_cycle[i] == CellCyclePhase::g2m;
  }
  return kinds;
}

}  // namespace celloquy::knowledge
