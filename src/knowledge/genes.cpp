#include "knowledge/genes.hpp"

#include <algorithm>
#include <bit>

#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"

namespace celloquy::knowledge {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = upper(c);
  return result;
}

/// FNV-1a with a final mix: names are short, and the table is small.
std::uint32_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

/// ENSG00000153563.17 → ENSG00000153563
std::string_view without_version(std::string_view name) {
  if (!name.starts_with("ENS")) return name;
  return name.substr(0, name.find('.'));
}

}  // namespace

std::string_view name_of(Organism organism) {
  switch (organism) {
    case Organism::human: return "human";
    case Organism::mouse: return "mouse";
    case Organism::mixed: return "mixed";
    case Organism::unknown: break;
  }
  return "unknown";
}

Expected<GeneTable> GeneTable::load(Organism organism) {
  GeneTable table;
  table.organism_ = organism;
  const bool mouse = organism == Organism::mouse;
  CELLOQUY_TRY(auto text,
               read_model_file(mouse ? "genes/mouse_genes.tsv.gz" : "genes/human_genes.tsv.gz"));
  table.text_ = std::make_unique<std::string>(std::move(text));
  table.upper_ = std::make_unique<std::string>(upper(*table.text_));
  CELLOQUY_CHECK(mouse ? table.read_mouse() : table.read_human());
  return table;
}

Status GeneTable::read_human() {
  CELLOQUY_TRY(auto rows, TableReader::open("human_genes.tsv.gz", *text_,
                                            {"symbol", "ensembl", "kind", "previous", "aliases"}));
  start_entries(180'000);
  genes_.reserve(45'000);
  std::vector<std::string_view> f;
  while (rows.next(f)) {
    const auto gene = static_cast<std::int32_t>(genes_.size());
    genes_.push_back({f[0], f[1], f[0], f[2].empty() ? 'o' : f[2].front()});
    add(f[0], gene, NameKind::symbol);
    if (!f[1].empty()) add(f[1], gene, NameKind::ensembl);
    add_list(f[3], gene, NameKind::previous);
    add_list(f[4], gene, NameKind::alias);
  }
  return {};
}

Status GeneTable::read_mouse() {
  CELLOQUY_TRY(auto rows, TableReader::open("mouse_genes.tsv.gz", *text_,
                                            {"symbol", "ensembl", "kind", "human"}));
  start_entries(52'000);
  genes_.reserve(26'000);
  std::vector<std::string_view> f;
  while (rows.next(f)) {
    const auto gene = static_cast<std::int32_t>(genes_.size());
    genes_.push_back({f[0], f[1], f[3], f[2].empty() ? 'o' : f[2].front()});
    add(f[0], gene, NameKind::symbol);
    if (!f[1].empty()) add(f[1], gene, NameKind::ensembl);
  }
  return {};
}

void GeneTable::start_entries(std::size_t expected) {
  entries_.reserve(expected);
  slots_.assign(std::bit_ceil(expected), -1);
}

void GeneTable::add_list(std::string_view names, std::int32_t gene, NameKind kind) {
  while (!names.empty()) {
    const auto end = names.find('|');
    if (end != 0) add(names.substr(0, end), gene, kind);
    if (end == std::string_view::npos) break;
    names.remove_prefix(end + 1);
  }
}

void GeneTable::add(std::string_view name, std::int32_t gene, NameKind kind) {
  const auto offset = static_cast<std::uint32_t>(name.data() - text_->data());
  if (name.size() > 0xffff) return;
  const auto length = static_cast<std::uint16_t>(name.size());
  const auto hash = hash_of(std::string_view(*upper_).substr(offset, length));
  auto& slot = slots_[hash & (slots_.size() - 1)];
  entries_.push_back({hash, offset, gene, slot, length, kind});
  slot = static_cast<std::int32_t>(entries_.size()) - 1;
}

GeneMatch GeneTable::find(std::string_view name) const {
  const auto wanted_text = upper(name);
  const auto wanted = without_version(wanted_text);
  const auto hash = hash_of(wanted);
  std::vector<std::pair<NameKind, std::int32_t>> found;
  for (auto i = slots_[hash & (slots_.size() - 1)]; i >= 0;
       i = entries_[static_cast<std::size_t>(i)].next) {
    const auto& entry = entries_[static_cast<std::size_t>(i)];
    if (entry.hash == hash && key(entry) == wanted) found.emplace_back(entry.kind, entry.gene);
  }
  GeneMatch match;
  if (found.empty()) return match;
  std::sort(found.begin(), found.end());
  match.kind = found.front().first;
  std::vector<std::int32_t> best;
  for (const auto& [kind, gene] : found)
    if (kind == match.kind && std::find(best.begin(), best.end(), gene) == best.end())
      best.push_back(gene);
  // Two current genes of one symbol differ in case only (mouse) or are copies
  // in the table: the first is as good as the other.
  if (best.size() == 1 || match.kind <= NameKind::ensembl) match.gene = best.front();
  for (const auto& [kind, gene] : found)
    if (gene != match.gene &&
        std::find(match.others.begin(), match.others.end(), gene) == match.others.end() &&
        (match.gene >= 0 || kind == match.kind))
      match.others.push_back(gene);
  return match;
}

bool GeneTable::is_exact_symbol(std::string_view name) const {
  const auto wanted = upper(name);
  const auto hash = hash_of(wanted);
  for (auto i = slots_[hash & (slots_.size() - 1)]; i >= 0;
       i = entries_[static_cast<std::size_t>(i)].next) {
    const auto& entry = entries_[static_cast<std::size_t>(i)];
    if (entry.hash == hash && entry.kind == NameKind::symbol && symbol(entry.gene) == name)
      return true;
  }
  return false;
}

}  // namespace celloquy::knowledge
