#include "knowledge/lexicon.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"

namespace celloquy::knowledge {
namespace {

constexpr std::array<std::pair<std::string_view, WordKind>, 18> kinds = {{
    {"molecule", WordKind::molecule},
    {"process", WordKind::process},
    {"state", WordKind::state},
    {"treatment", WordKind::treatment},
    {"noun", WordKind::noun},
    {"part", WordKind::part},
    {"adjective", WordKind::adjective},
    {"verb", WordKind::verb},
    {"adverb", WordKind::adverb},
    {"auxiliary", WordKind::auxiliary},
    {"negation", WordKind::negation},
    {"preposition", WordKind::preposition},
    {"locative", WordKind::locative},
    {"agent", WordKind::agent},
    {"object_marker", WordKind::object_marker},
    {"determiner", WordKind::determiner},
    {"conjunction", WordKind::conjunction},
    {"particle", WordKind::particle},
}};

/// What stands between two words, without blanks: "" inside a word, "," or ".".
struct Gap {
  char mark = 0;
  bool blank = false;
};

Gap gap_of(std::string_view text) {
  constexpr std::array<std::string_view, 9> commas = {",",  "、", "，", "(", ")",
                                                      "（", "）", "\"", "/ "};
  constexpr std::array<std::string_view, 11> stops = {".", "。", ";", "；", "?", "？",
                                                      "!", "！", ":", "：", "\n"};
  const auto has = [&](const auto& marks) {
    return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
      return text.find(mark) != std::string_view::npos;
    });
  };
  return {has(stops) ? '.' : has(commas) ? ',' : '\0', text.find(' ') != std::string_view::npos};
}

/// "embryonic cell (metazoa)" is an embryonic cell in a sentence.
std::string_view without_note(std::string_view name) { return name.substr(0, name.find(" (")); }

/// knowledge::words_of reads CD49a阳性 as "cd49a+"; here these are two words.
void split_sign(std::string_view sentence, std::vector<LexiconWord>& words) {
  if (words.back().meanings.front().kind != WordKind::latin) return;
  for (const auto& [written, meaning] : {std::pair{"阳性", "positive"}, {"阴性", "negative"}}) {
    const std::string_view sign = written;
    if (!sentence.substr(0, words.back().end).ends_with(sign)) continue;
    const auto end = std::exchange(words.back().end, words.back().end - sign.size());
    words.push_back({end - sign.size(), end, {{WordKind::adjective, meaning, {}}}, 2});
    return;
  }
}

}  // namespace

const WordMeaning* LexiconWord::as(WordKind kind) const {
  for (const auto& meaning : meanings)
    if (meaning.kind == kind) return &meaning;
  return nullptr;
}

const WordMeaning* LexiconWord::as_thing() const {
  for (const auto& meaning : meanings)
    if (is_thing(meaning.kind)) return &meaning;
  return nullptr;
}

Expected<WordLexicon> WordLexicon::load(const CellOntology& cells, const TermLexicon& terms) {
  WordLexicon lexicon;
  lexicon.keys_.reserve(6'000);
  lexicon.steps_.reserve(80'000);
  lexicon.meanings_of_.reserve(80'000);
  CELLOQUY_CHECK(lexicon.read_biology());
  for (const auto& term : terms.terms())
    for (const auto word : split(term.chinese, '|')) {
      const auto* meant = terms.find(word);  // the everyday term of a shared word
      lexicon.add(word,
                  {meant->disease ? WordKind::disease : WordKind::tissue, meant->name, meant->id});
    }
  for (TermIndex term = 0; term < static_cast<TermIndex>(cells.size()); ++term)
    for (const auto word : cells.chinese_names(term))
      lexicon.add(word,
                  {WordKind::cell_type, without_note(cells.short_name(term)), cells.id(term)});
  return lexicon;
}

Status WordLexicon::read_biology() {
  CELLOQUY_TRY(auto text, read_model_file("lexicon/biology.tsv"));
  text_ = std::make_unique<std::string>(std::move(text));
  CELLOQUY_TRY(auto rows, TableReader::open("biology.tsv", *text_, {"kind", "english", "chinese"}));
  std::vector<std::string_view> f;
  while (rows.next(f)) {
    const auto* const kind = std::find_if(kinds.begin(), kinds.end(),
                                          [&](const auto& pair) { return pair.first == f[0]; });
    if (kind == kinds.end()) continue;
    const auto english = f[1].substr(0, f[1].find('|'));
    for (const auto word : split(f[2], '|')) add(word, {kind->second, english, {}});
  }
  return {};
}

void WordLexicon::add(std::string_view chinese, WordMeaning meaning) {
  const auto words = knowledge::words_of(chinese);
  if (words.empty()) return;
  std::uint32_t node = 0;
  for (const auto& word : words) {
    const auto key = keys_.emplace(word.key, static_cast<std::uint32_t>(keys_.size())).first;
    const auto [step, added] = steps_.emplace(std::uint64_t{node} << 32 | key->second,
                                              static_cast<std::uint32_t>(meanings_of_.size()));
    if (added) meanings_of_.push_back(none);
    node = step->second;
  }
  auto& place = meanings_of_[node];
  if (place == none) {
    place = static_cast<std::uint32_t>(meanings_.size());
    meanings_.emplace_back();
  }
  for (auto& known : meanings_[place]) {
    if (known.kind == meaning.kind) return;
    // The ontology knows what it is, biology.tsv what people call it.
    if (is_thing(known.kind) && is_thing(meaning.kind) && !meaning.id.empty() &&
        known.kind != WordKind::part) {
      if (known.id.empty()) known.kind = meaning.kind, known.id = meaning.id;
      return;
    }
  }
  meanings_[place].push_back(meaning);
}

void WordLexicon::matches(const std::vector<std::uint32_t>& keys, std::size_t first,
                          std::vector<Match>& found) const {
  found.clear();
  std::uint32_t node = 0;
  for (auto i = first; i < keys.size() && keys[i] != none; ++i) {
    const auto step = steps_.find(std::uint64_t{node} << 32 | keys[i]);
    if (step == steps_.end()) return;
    node = step->second;
    if (meanings_of_[node] != none) found.push_back({i + 1, meanings_of_[node]});
  }
}

std::vector<LexiconWord> WordLexicon::words_of(std::string_view sentence) const {
  const auto tokens = knowledge::words_of(sentence);
  const auto n = tokens.size();
  std::vector<std::uint32_t> keys(n);
  std::vector<Gap> gaps(n + 1);  // before each token
  for (std::size_t i = 0; i < n; ++i) {
    const auto key = keys_.find(tokens[i].key);
    keys[i] = key == keys_.end() ? none : key->second;
    const auto before = i ? tokens[i - 1].end : 0;
    gaps[i] = gap_of(sentence.substr(before, tokens[i].begin - before));
  }
  if (n) gaps[n] = gap_of(sentence.substr(tokens[n - 1].end));
  // Cheapest way to each place: a word costs 1, less when it is long and more
  // when it is a single character, an unknown Chinese character 4.
  struct Way {
    double cost = std::numeric_limits<double>::infinity();
    std::size_t from = 0;
    std::uint32_t meanings = none;
  };
  std::vector<Way> best(n + 1);
  best[0].cost = 0;
  std::vector<Match> found;
  for (std::size_t i = 0; i < n; ++i) {
    const double unknown = best[i].cost + (tokens[i].chinese ? 4 : 1.2);
    if (unknown < best[i + 1].cost) best[i + 1] = {unknown, i, none};
    matches(keys, i, found);
    for (const auto& match : found) {
      if (std::any_of(gaps.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                      gaps.begin() + static_cast<std::ptrdiff_t>(match.end),
                      [](const Gap& gap) { return gap.mark != 0; }))
        break;
      const auto length = static_cast<double>(std::min<std::size_t>(match.end - i, 8));
      const double cost = best[i].cost + 1 - 0.01 * length * length + (length == 1 ? 0.15 : 0);
      if (cost < best[match.end].cost) best[match.end] = {cost, i, match.meanings};
    }
  }
  std::vector<LexiconWord> words;
  std::vector<std::size_t> firsts;
  for (auto i = n; i > 0; i = best[i].from) {
    const auto from = best[i].from;
    LexiconWord word;
    word.begin = tokens[from].begin, word.end = tokens[i - 1].end;
    for (auto k = from; k < i; ++k) word.characters += tokens[k].chinese;
    if (best[i].meanings != none)
      word.meanings = meanings_[best[i].meanings];
    else
      word.meanings = {{word.characters ? WordKind::unknown : WordKind::latin, {}, {}}};
    words.push_back(std::move(word));
    firsts.push_back(from);
  }
  std::reverse(words.begin(), words.end());
  std::reverse(firsts.begin(), firsts.end());
  // Marks become words; "IL" + "10" is one word as it was written.
  std::vector<LexiconWord> result;
  const auto mark = [&](std::size_t gap, std::size_t begin, std::size_t end) {
    if (!gaps[gap].mark) return;
    result.push_back(
        {begin, end, {{WordKind::punctuation, gaps[gap].mark == '.' ? "." : ",", {}}}, 0});
  };
  for (std::size_t w = 0; w < words.size(); ++w) {
    const auto& gap = gaps[firsts[w]];
    const bool latin = words[w].meanings.front().kind == WordKind::latin;
    if (w && latin && !gap.blank && !result.empty() &&
        result.back().meanings.front().kind == WordKind::latin &&
        (gap.mark == 0 || sentence[result.back().end] == '.')) {
      result.back().end = words[w].end;
      split_sign(sentence, result);
      continue;
    }
    if (w) mark(firsts[w], words[w - 1].end, words[w].begin);
    result.push_back(std::move(words[w]));
    split_sign(sentence, result);
  }
  if (n) mark(n, tokens[n - 1].end, sentence.size());
  return result;
}

}  // namespace celloquy::knowledge
