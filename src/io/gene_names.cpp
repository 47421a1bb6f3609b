#include "io/gene_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <unordered_set>

namespace celloquy::io {
namespace {

bool digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

struct Prefix {
  std::string_view text, organism;
};
constexpr std::array<Prefix, 6> genome_prefixes = {{{"GRCh38_", "human"},
                                                    {"GRCh38-2020-A_", "human"},
                                                    {"hg19_", "human"},
                                                    {"hg38_", "human"},
                                                    {"mm10_", "mouse"},
                                                    {"GRCm39_", "mouse"}}};

std::string_view without_genome(std::string_view name, std::string_view* organism) {
  for (const auto& prefix : genome_prefixes)
    if (name.starts_with(prefix.text)) {
      name.remove_prefix(prefix.text.size());
      while (name.starts_with('_')) name.remove_prefix(1);
      if (organism) *organism = prefix.organism;
      return name;
    }
  return name;
}

/// "human" for ENSG00000000003(.12); empty where it is no Ensembl gene id.
std::string_view ensembl_organism(std::string_view name, bool* versioned) {
  if (!name.starts_with("ENS")) return {};
  const auto letters =
      std::find_if(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); });
  const auto prefix = name.substr(0, static_cast<std::size_t>(letters - name.begin()));
  auto number = name.substr(prefix.size());
  const auto dot = number.find('.');
  const bool has_version = dot != std::string_view::npos;
  if (has_version && !digits(number.substr(dot + 1))) return {};
  number = number.substr(0, dot);
  if (number.size() < 9 || !digits(number) || !prefix.ends_with('G')) return {};
  *versioned = has_version;
  if (prefix == "ENSG") return "human";
  if (prefix == "ENSMUSG") return "mouse";
  if (prefix == "ENSDARG") return "zebrafish";
  return "other";
}

struct Counts {
  std::size_t named = 0, ensembl = 0, versioned = 0, numbers = 0;
  std::size_t upper = 0, title = 0, lower = 0;  // capitalisation of symbols
  std::unordered_map<std::string_view, std::size_t> by_ensembl, by_genome;
  bool human_mitochondria = false, mouse_mitochondria = false;
  std::unordered_set<std::string> stems;  // letters in front of the digits

  /// gene_1, gene_2 … and the like say nothing about the species.
  bool made_up() const {
    const auto symbols = upper + title + lower;
    return symbols >= 10 && (stems.size() < 5 || stems.size() * 50 < symbols);
  }
};

void count_symbol(std::string_view name, Counts& counts) {
  if (name.starts_with("MT-")) counts.human_mitochondria = true;
  if (name.starts_with("mt-")) counts.mouse_mitochondria = true;
  std::size_t upper = 0, lower = 0;
  bool first_upper = false, seen = false;
  for (const unsigned char c : name) {
    if (!std::isalpha(c)) continue;
    if (!seen) first_upper = std::isupper(c);
    seen = true;
    upper += std::isupper(c) != 0;
    lower += std::islower(c) != 0;
  }
  if (upper + lower < 2) return;
  counts.stems.insert(std::string(name.substr(0, name.find_first_of("0123456789"))));
  if (lower == 0)
    ++counts.upper;
  else if (upper == 0)
    ++counts.lower;
  else if (first_upper && lower >= upper)
    ++counts.title;
}

Counts count_names(const std::vector<std::string>& genes) {
  Counts counts;
  for (const auto& full : genes) {
    if (full.empty()) continue;
    ++counts.named;
    std::string_view genome;
    const auto name = without_genome(full, &genome);
    if (!genome.empty()) ++counts.by_genome[genome];
    bool versioned = false;
    if (const auto organism = ensembl_organism(name, &versioned); !organism.empty()) {
      ++counts.ensembl;
      counts.versioned += versioned;
      ++counts.by_ensembl[organism];
    } else if (digits(name)) {
      ++counts.numbers;
    } else {
      count_symbol(name, counts);
    }
  }
  return counts;
}

GeneIdKind kind_of(const Counts& counts) {
  const double named = static_cast<double>(std::max<std::size_t>(1, counts.named));
  const double ensembl = static_cast<double>(counts.ensembl) / named;
  if (counts.named == 0) return GeneIdKind::unknown;
  if (ensembl > 0.9)
    return counts.versioned * 2 > counts.ensembl ? GeneIdKind::ensembl_versioned
                                                 : GeneIdKind::ensembl;
  if (static_cast<double>(counts.numbers) / named > 0.9) return GeneIdKind::entrez;
  // Annotated genomes keep ids for the genes without a symbol.
  if (ensembl > 0.5) return GeneIdKind::mixed;
  const auto symbols = counts.made_up() ? 0 : counts.upper + counts.title + counts.lower;
  if (static_cast<double>(symbols + counts.ensembl) / named > 0.5) return GeneIdKind::symbols;
  return GeneIdKind::unknown;
}

std::string organism_of(const Counts& counts, Text& evidence) {
  const auto share = [](std::size_t part, std::size_t whole) {
    return whole ? static_cast<double>(part) / static_cast<double>(whole) : 0;
  };
  const auto at = [](const auto& map, std::string_view key) {
    const auto found = map.find(key);
    return found == map.end() ? std::size_t{0} : found->second;
  };
  const auto human = at(counts.by_genome, "human"), mouse = at(counts.by_genome, "mouse");
  if (share(human + mouse, counts.named) > 0.9) {
    evidence = message("io.organism.genomes", {{"human", human}, {"mouse", mouse}});
    if (human && mouse) return "human+mouse";
    return human ? "human" : "mouse";
  }
  if (share(counts.ensembl, counts.named) > 0.5) {
    for (const auto& [organism, count] : counts.by_ensembl)
      if (share(count, counts.ensembl) > 0.9 && organism != "other") {
        evidence = message("io.organism.ensembl", {{"count", count}});
        return std::string(organism);
      }
    const auto h = at(counts.by_ensembl, "human"), m = at(counts.by_ensembl, "mouse");
    if (h > counts.ensembl / 20 && m > counts.ensembl / 20) {
      evidence = message("io.organism.genomes", {{"human", h}, {"mouse", m}});
      return "human+mouse";
    }
  }
  const auto symbols = counts.upper + counts.title + counts.lower;
  if (symbols < 10 || counts.made_up()) {
    evidence = message("io.organism.too_few");
    return "unknown";
  }
  if (share(counts.upper, symbols) > 0.8 && !counts.mouse_mitochondria) {
    evidence = message(
        counts.human_mitochondria ? "io.organism.human_symbols_mt" : "io.organism.human_symbols",
        {{"percent", 100 * share(counts.upper, symbols)}});
    return "human";
  }
  if (share(counts.title, symbols) > 0.6) {
    evidence = message(
        counts.mouse_mitochondria ? "io.organism.mouse_symbols_mt" : "io.organism.mouse_symbols",
        {{"percent", 100 * share(counts.title, symbols)}});
    return "mouse";
  }
  if (share(counts.lower, symbols) > 0.6) {
    evidence =
        message("io.organism.zebrafish_symbols", {{"percent", 100 * share(counts.lower, symbols)}});
    return "zebrafish";
  }
  evidence = message("io.organism.unclear");
  return "unknown";
}

constexpr std::array<std::string_view, 10> symbol_columns = {
    "feature_name", "gene_symbols", "gene_symbol", "gene_name", "gene_names",
    "symbol",       "symbols",      "hgnc_symbol", "Symbol",    "gene_short_name"};

std::vector<std::string> texts_of(const Column& column) {
  std::vector<std::string> texts(length(column));
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = value_text(column, i);
  return texts;
}

bool is_text(const Column& column) {
  return std::holds_alternative<std::vector<std::string>>(column) ||
         std::holds_alternative<Categorical>(column);
}

void use_symbols(Dataset& dataset) {
  const auto kind = gene_id_kind(dataset.var.index);
  if (kind == GeneIdKind::symbols) return;
  for (const auto name : symbol_columns) {
    const auto* column = dataset.var.find(name);
    if (!column || !is_text(*column)) continue;
    auto symbols = texts_of(*column);
    if (gene_id_kind(symbols) != GeneIdKind::symbols) continue;
    std::size_t unnamed = 0;
    for (std::size_t g = 0; g < symbols.size(); ++g)
      if (symbols[g].empty()) {
        symbols[g] = dataset.var.index[g];
        ++unnamed;
      }
    dataset.notes.push_back(message("io.note.symbols", {{"column", name}, {"unnamed", unnamed}}));
    // An existing column of this name keeps its content.
    if (!dataset.var.find("gene_ids"))
      dataset.var.columns.emplace_back("gene_ids", Column(std::move(dataset.var.index)));
    else
      dataset.var.columns.emplace_back("index", Column(std::move(dataset.var.index)));
    dataset.var.index = std::move(symbols);
    return;
  }
}

}  // namespace

GeneIdKind gene_id_kind(const std::vector<std::string>& genes) {
  return kind_of(count_names(genes));
}

OrganismFinding detect_organism(const std::vector<std::string>& genes) {
  const auto counts = count_names(genes);
  OrganismFinding finding;
  finding.gene_ids = kind_of(counts);
  finding.organism = organism_of(counts, finding.evidence);
  return finding;
}

std::size_t make_unique(std::vector<std::string>& names) {
  std::unordered_set<std::string> taken;
  taken.reserve(names.size() * 2);
  bool repeated = false;
  for (const auto& name : names) repeated |= !taken.insert(name).second;
  if (!repeated) return 0;
  std::unordered_map<std::string, std::size_t> seen;
  std::size_t changed = 0;
  for (auto& name : names) {
    const auto [found, first] = seen.emplace(name, 0);
    if (first) continue;
    std::string candidate;
    do {
      candidate = name + "-" + std::to_string(++found->second);
    } while (!taken.insert(candidate).second);
    name = std::move(candidate);
    ++changed;
  }
  return changed;
}

void settle_names(Dataset& dataset) {
  dataset.organism = detect_organism(dataset.var.index);
  use_symbols(dataset);
  if (const auto changed = make_unique(dataset.var.index))
    dataset.notes.push_back(message("io.note.repeated_genes", {{"count", changed}}));
  if (const auto changed = make_unique(dataset.obs.index))
    dataset.notes.push_back(message("io.note.repeated_cells", {{"count", changed}}));
  if (dataset.organism.organism == "unknown") {
    const auto finding = detect_organism(dataset.var.index);
    if (finding.organism != "unknown") {
      dataset.organism.organism = finding.organism;
      dataset.organism.evidence = finding.evidence;
    }
  }
}

}  // namespace celloquy::io
