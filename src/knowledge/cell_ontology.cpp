#include "knowledge/cell_ontology.hpp"

#include <algorithm>

#include "knowledge/model_files.hpp"
#include "knowledge/names.hpp"
#include "knowledge/table.hpp"

namespace celloquy::knowledge {

Expected<CellOntology> CellOntology::load() {
  CellOntology ontology;
  CELLOQUY_TRY(auto text, read_model_file("ontology/cell_ontology.tsv.gz"));
  CELLOQUY_TRY(auto everyday, read_model_file("lexicon/cell_types_en.tsv"));
  CELLOQUY_TRY(auto chinese, read_model_file("lexicon/cell_types_zh.tsv"));
  ontology.text_ = std::make_unique<std::string>(std::move(text));
  ontology.everyday_ = std::make_unique<std::string>(std::move(everyday));
  ontology.chinese_ = std::make_unique<std::string>(std::move(chinese));
  CELLOQUY_CHECK(ontology.read_terms());
  CELLOQUY_CHECK(ontology.read_lexicon(*ontology.everyday_, false));
  CELLOQUY_CHECK(ontology.read_lexicon(*ontology.chinese_, true));
  ontology.index_names();
  return ontology;
}

Status CellOntology::read_terms() {
  CELLOQUY_TRY(auto rows, TableReader::open(
                              "cell_ontology.tsv.gz", *text_,
                              {"id", "name", "parents", "synonyms", "replaced_by", "definition"}));
  struct Pending {
    std::string_view id, value;
  };
  std::vector<Pending> parents, replaced;
  std::vector<std::string_view> f;
  terms_.reserve(3600);
  while (rows.next(f)) {
    if (!f[4].empty()) {
      replaced.push_back({f[0], f[4]});
      continue;
    }
    by_id_.emplace(f[0], static_cast<TermIndex>(terms_.size()));
    parents.push_back({f[0], f[2]});
    Term term;
    term.id = f[0], term.name = f[1], term.synonyms = f[3], term.definition = f[5];
    terms_.push_back(std::move(term));
  }
  for (const auto& [id, list] : parents) {
    const auto term = by_id_.at(id);
    for (const auto parent_id : split(list, '|'))
      if (const auto found = by_id_.find(parent_id); found != by_id_.end()) {
        terms_[static_cast<std::size_t>(term)].parents.push_back(found->second);
        terms_[static_cast<std::size_t>(found->second)].children.push_back(term);
      }
  }
  // A replacement can itself be obsolete; two rounds are more than the data need.
  for (int round = 0; round < 2; ++round)
    for (const auto& [id, by] : replaced)
      if (const auto found = by_id_.find(by); found != by_id_.end())
        by_id_.emplace(id, found->second);
  return {};
}

Status CellOntology::read_lexicon(const std::string& text, bool chinese) {
  CELLOQUY_TRY(auto rows, TableReader::open(chinese ? "cell_types_zh.tsv" : "cell_types_en.tsv",
                                            text, {"id", chinese ? "chinese" : "english"}));
  std::vector<std::string_view> f;
  while (rows.next(f)) {
    const auto found = by_id_.find(f[0]);
    if (found == by_id_.end()) continue;
    auto& term = terms_[static_cast<std::size_t>(found->second)];
    (chinese ? term.chinese : term.everyday) = f[1];
  }
  return {};
}

void CellOntology::add_name(std::string_view written, TermIndex term, CellNameKind kind) {
  if (written.empty()) return;
  auto key = name_key(written);
  // One or two letters of a synonym ("B", "TH") are no name by themselves.
  if (key.empty() || (kind == CellNameKind::synonym && key.size() < 3)) return;
  names_.push_back({std::move(key), written, term, kind});
}

void CellOntology::add_list(std::string_view list, TermIndex term, CellNameKind kind) {
  for (const auto name : split(list, '|')) add_name(name, term, kind);
}

void CellOntology::index_names() {
  names_.reserve(13'000);
  for (TermIndex term = 0; term < static_cast<TermIndex>(terms_.size()); ++term) {
    const auto& t = at(term);
    add_name(t.name, term, CellNameKind::name);
    add_list(t.everyday, term, CellNameKind::everyday);
    add_list(t.chinese, term, CellNameKind::chinese);
    add_list(t.synonyms, term, CellNameKind::synonym);
  }
  by_key_.reserve(names_.size() * 2);
  for (std::uint32_t i = 0; i < names_.size(); ++i) {
    const auto [place, added] = by_key_.emplace(names_[i].key, i);
    // Names win over everyday names, those over synonyms; among synonyms the
    // smaller identifier, which is the older and more general term.
    if (!added && names_[i].kind < names_[place->second].kind) place->second = i;
  }
}

std::vector<std::string_view> CellOntology::synonyms(TermIndex term) const {
  return split(at(term).synonyms, '|');
}

std::vector<std::string_view> CellOntology::chinese_names(TermIndex term) const {
  return split(at(term).chinese, '|');
}

Text CellOntology::label(TermIndex term) const {
  const auto& t = at(term);
  const auto chinese = t.chinese.substr(0, t.chinese.find('|'));
  return {std::string(t.name), std::string(chinese.empty() ? t.name : chinese)};
}

std::string_view CellOntology::short_name(TermIndex term) const {
  const auto& t = at(term);
  return t.everyday.empty() || t.name.size() < 24 ? t.name
                                                  : t.everyday.substr(0, t.everyday.find('|'));
}

void CellOntology::collect(TermIndex term, bool up, std::vector<std::uint8_t>& seen) const {
  for (const auto next : up ? at(term).parents : at(term).children) {
    auto& mark = seen[static_cast<std::size_t>(next)];
    if (mark) continue;
    mark = 1;
    collect(next, up, seen);
  }
}

std::vector<TermIndex> CellOntology::ancestors(TermIndex term) const {
  std::vector<std::uint8_t> seen(terms_.size());
  collect(term, true, seen);
  std::vector<TermIndex> result;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i]) result.push_back(static_cast<TermIndex>(i));
  return result;
}

std::vector<TermIndex> CellOntology::descendants(TermIndex term) const {
  std::vector<std::uint8_t> seen(terms_.size());
  collect(term, false, seen);
  std::vector<TermIndex> result;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i]) result.push_back(static_cast<TermIndex>(i));
  return result;
}

bool CellOntology::is_a(TermIndex term, TermIndex ancestor) const {
  if (term == ancestor) return true;
  for (const auto parent : at(term).parents)
    if (is_a(parent, ancestor)) return true;
  return false;
}

std::optional<TermIndex> CellOntology::find_id(std::string_view id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

const CellOntology::Name* CellOntology::lookup(const std::string& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &names_[found->second];
}

std::optional<TermIndex> CellOntology::find(std::string_view name) const {
  if (name.starts_with("CL:") || name.starts_with("CL_")) {
    std::string id(name);
    id[2] = ':';
    if (const auto term = find_id(id)) return term;
  }
  const auto key = name_key(name);
  if (key.empty()) return std::nullopt;
  if (const auto* found = lookup(key)) return found->term;
  if (has_chinese(key)) return std::nullopt;
  if (const auto* found = lookup(key + " cell")) return found->term;
  if (key.ends_with(" cell"))
    if (const auto* found = lookup(key.substr(0, key.size() - 5))) return found->term;
  return std::nullopt;
}

std::vector<CellMention> CellOntology::mentions(std::string_view sentence) const {
  constexpr std::size_t longest = 16;  // words; a Chinese character is one
  const auto words = words_of(sentence);
  std::vector<CellMention> result;
  for (std::size_t first = 0; first < words.size();) {
    std::size_t used = 0;
    for (std::size_t n = std::min(longest, words.size() - first); n > 0 && !used; --n) {
      const auto* found = lookup(join_key(words, first, first + n));
      if (!found) continue;
      // One short word of a synonym ("all", "pro") is more often something else.
      if (n == 1 && found->kind == CellNameKind::synonym && found->key.size() < 5) continue;
      if (found->key == "cell" || found->term == 0) continue;
      result.push_back({found->term, words[first].begin, words[first + n - 1].end});
      used = n;
    }
    first += used ? used : 1;
  }
  return result;
}

namespace {

/// Letter groups of a key: pairs next to Chinese, else triples with blanks around.
std::vector<std::uint64_t> letter_groups(const std::string& key) {
  std::vector<std::uint64_t> groups;
  const auto words = has_chinese(key) ? words_of(key) : std::vector<Word>{};
  const auto hash = [](std::string_view piece) {
    std::uint64_t h = 0xcbf29ce484222325u;
    for (const char c : piece) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return h;
  };
  if (!words.empty()) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      groups.push_back(hash(words[i].key));
      if (i + 1 < words.size()) groups.push_back(hash(words[i].key + words[i + 1].key));
    }
  } else {
    const std::string padded = " " + key + " ";
    for (std::size_t i = 0; i + 3 <= padded.size(); ++i)
      groups.push_back(hash(std::string_view(padded).substr(i, 3)));
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

double dice(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  if (a.empty() || b.empty()) return 0;
  std::size_t common = 0, i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i] == b[j])
      ++common, ++i, ++j;
    else
      ++(a[i] < b[j] ? i : j);
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(a.size() + b.size());
}

}  // namespace

std::vector<CellCandidate> CellOntology::candidates(std::string_view name,
                                                    std::size_t limit) const {
  constexpr double least = 0.3;
  std::vector<CellCandidate> result;
  const auto exact = find(name);
  const auto key = name_key(name);
  const auto wanted = letter_groups(key);
  const bool chinese = has_chinese(key);
  std::unordered_map<TermIndex, std::size_t> place;
  if (exact) {
    place.emplace(*exact, 0);
    result.push_back({*exact, 1.0, at(*exact).name, CellNameKind::name});
  }
  for (const auto& candidate : names_) {
    if ((candidate.kind == CellNameKind::chinese) != chinese) continue;
    // The Dice coefficient cannot reach `least` when the lengths differ this much.
    const auto shorter = std::min(candidate.key.size(), key.size()) + 2;
    if (shorter * 7 < std::max(candidate.key.size(), key.size())) continue;
    const double score = std::min(0.99, dice(wanted, letter_groups(candidate.key)));
    if (score < least) continue;
    const auto [slot, added] = place.emplace(candidate.term, result.size());
    if (added)
      result.push_back({candidate.term, score, candidate.written, candidate.kind});
    else if (result[slot->second].score < score)
      result[slot->second] = {candidate.term, score, candidate.written, candidate.kind};
  }
  std::sort(result.begin(), result.end(), [](const CellCandidate& a, const CellCandidate& b) {
    return a.score != b.score ? a.score > b.score : a.term < b.term;
  });
  if (result.size() > limit) result.resize(limit);
  return result;
}

}  // namespace celloquy::knowledge
