#include "chat/entities.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <unordered_set>

#include "chat/characters.hpp"
#include "chat/given_names.hpp"
#include "chat/wordings.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

constexpr std::size_t most_categories = 2000;  // a field with more is not one of names
constexpr double joining_word = 0.25;          // leaving out "and"
constexpr unsigned longest_name = 14;          // units of a cell type's name, commas counted

bool is_numeric(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isdigit(c) != 0 || c == '.';
  });
}

/// Collects the edges of one sentence.
class Builder {
 public:
  Builder(const Grammar& grammar, const Vocabulary& vocabulary, const DataDescription& data)
      : grammar_(grammar), vocabulary_(vocabulary), data_(data) {}

  Lattice build(std::string_view sentence) {
    lattice_.units = cut_into_units(sentence);
    if (lattice_.units.size() > longest_request) lattice_.units.resize(longest_request);
    note_shouting();
    find_genes();
    find_data_names();
    find_cell_types();
    doubt_genes_in_names();
    find_concepts();
    find_field_aliases();
    find_numbers(grammar_, lattice_);
    find_free_words();
    weigh();
    find_wordings(grammar_, vocabulary_, sentence, lattice_);
    find_given_names(grammar_, sentence, lattice_);
    return std::move(lattice_);
  }

 private:
  const std::vector<Unit>& units() const { return lattice_.units; }
  void add(unsigned begin, unsigned end, const char* category, json value, double cost) {
    const int id = grammar_.category(category);
    if (id >= 0) lattice_.edges.push_back({begin, end, id, std::move(value), cost});
  }

  /// In a sentence all in capitals, capitals do not mark a gene.
  void note_shouting() {
    std::size_t upper = 0, lower = 0;
    for (const auto& unit : units()) {
      if (unit.kind != UnitKind::word || has_digit(unit.surface)) continue;
      (has_lower(unit.surface) ? lower : upper) += 1;
    }
    shouting_ = upper >= 3 && lower == 0;
  }

  // --- genes -------------------------------------------------------------
  bool is_english_word(const Unit& unit) const { return grammar_.lexicon().knows(unit.key); }

  /// Two or more of capitals, digits and hyphens; how symbols are written.
  bool written_like_gene(const std::string& word) const {
    if (word.size() < 2 || word.size() > 20 ||
        std::isalpha(static_cast<unsigned char>(word[0])) == 0)
      return false;
    if (!std::all_of(word.begin(), word.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; }))
      return false;
    return !has_lower(word) && !(shouting_ && !has_digit(word));
  }

  /// The data's genes that any word of the sentence spells, by lower case.
  std::map<std::string, std::vector<std::string>> genes_spelt() const {
    std::map<std::string, std::vector<std::string>> spelt;
    std::size_t longest = 0;
    for (const auto& unit : units())
      if (unit.kind == UnitKind::word) {
        spelt[lower_ascii(gene_text(unit))];
        longest = std::max(longest, unit.surface.size());
      }
    std::unordered_set<std::string_view> wanted;
    for (const auto& [word, genes] : spelt) wanted.insert(word);
    std::string folded;
    for (const auto& gene : data_.genes) {
      if (gene.size() > longest) continue;
      folded = lower_ascii(gene);
      if (wanted.contains(folded)) spelt[folded].push_back(gene);
    }
    return spelt;
  }
  /// "CD8+" is the protein's sign on a cell; the gene is CD8.
  static std::string gene_text(const Unit& unit) {
    std::string text = unit.surface;
    while (!text.empty() && (text.back() == '+' || text.back() == '-')) text.pop_back();
    return text;
  }

  void find_genes() {
    const auto spelt = genes_spelt();
    for (unsigned i = 0; i < units().size(); ++i) {
      if (units()[i].kind != UnitKind::word) continue;
      const std::string word = gene_text(units()[i]);
      const auto found = spelt.find(lower_ascii(word));
      if (found != spelt.end() && !found->second.empty())
        add_measured_gene(i, word, found->second);
      else
        add_other_gene(i, word);
    }
  }
  void add_measured_gene(unsigned i, const std::string& word,
                         const std::vector<std::string>& genes) {
    const auto exact = std::find(genes.begin(), genes.end(), word);
    const std::string& symbol = exact != genes.end() ? *exact : genes.front();
    double cost = 0;
    if (exact == genes.end() || shouting_) cost = has_digit(word) ? 0.1 : 0.4;
    // A word of everyday language is a gene only when written like one, or
    // where a gene must stand.
    if (cost > 0 && !has_digit(word) && is_english_word(units()[i])) cost = 1.2;
    add(i, i + 1, "gene", symbol, cost);
  }
  void add_other_gene(unsigned i, const std::string& word) {
    const bool like_gene = written_like_gene(word);
    if (!like_gene && (is_english_word(units()[i]) || word.size() < 3)) return;
    if (const auto symbol = vocabulary_.gene(word, data_.organism)) {
      const bool measured =
          std::find(data_.genes.begin(), data_.genes.end(), *symbol) != data_.genes.end();
      add(i, i + 1, "gene", measured ? *symbol : word, like_gene || has_digit(word) ? 0.2 : 0.6);
    } else if (like_gene && !is_english_word(units()[i])) {
      add(i, i + 1, "gene", word, has_digit(word) ? 0.5 : 0.8);
    }
  }

  // --- names of the data -------------------------------------------------
  void find_data_names() {
    const int value = grammar_.category("value"), field = grammar_.category("field");
    for (const auto& f : data_.fields) {
      names_.insert(f.name, {field, f.name, 0});
      std::string spaced = f.name;
      std::replace(spaced.begin(), spaced.end(), '_', ' ');
      if (spaced != f.name) names_.insert(spaced, {field, f.name, 0});
      if (f.values.size() > most_categories) continue;
      for (const auto& v : f.values) add_value(v, v, value);
    }
    for (const auto& label : data_.cluster_labels) add_value(label, label, value);
    names_.match(units(), respellings(names_), lattice_.edges);
  }
  void add_value(const std::string& written, const std::string& meant, int category) {
    if (is_numeric(written) || written.size() < 2 || written == "True" || written == "False")
      return;
    names_.insert(written, {category, meant, 0});
    std::string spaced = written;
    std::replace(spaced.begin(), spaced.end(), '_', ' ');
    if (spaced != written) names_.insert(spaced, {category, meant, 0});
    auto keys = sorted_keys(cut_into_units(normalise(written)), 0, longest_name);
    if (keys.size() > 1) permuted_.try_emplace(std::move(keys), meant);
    if (!has_digit(written) || written.find(' ') != std::string::npos)
      if (const auto type = vocabulary_.cell_type(written)) {
        auto& name = value_of_type_[type->id];
        name = name.empty() || name == meant ? meant : std::string("\n");  // two names: neither
      }
  }
  static std::vector<std::string> sorted_keys(const std::vector<Unit>& units, unsigned begin,
                                              unsigned count) {
    std::vector<std::string> keys;
    for (unsigned i = begin; i < units.size() && i < begin + count; ++i)
      keys.push_back(units[i].key);
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  std::vector<std::vector<Respelling>> respellings(const PhraseTrie& trie) const {
    std::vector<std::vector<Respelling>> out(units().size());
    for (std::size_t i = 0; i < units().size(); ++i) {
      const auto& unit = units()[i];
      if (unit.kind != UnitKind::word || has_digit(unit.key)) continue;
      if (!trie.knows(unit.key) && !grammar_.lexicon().knows(unit.key))
        out[i] = trie.respell(unit.key);
    }
    return out;
  }

  // --- kinds of cells ----------------------------------------------------
  std::string phrase(unsigned begin, unsigned end) const {
    std::string text;
    for (unsigned i = begin; i < end; ++i) {
      const bool glue = text.empty() || units()[i].kind == UnitKind::han ||
                        units()[i - 1].kind == UnitKind::han || units()[i].key == ",";
      if (!glue) text += ' ';
      text += units()[i].surface;
    }
    return text;
  }
  void find_cell_types() {
    const auto n = static_cast<unsigned>(units().size());
    for (unsigned begin = 0; begin < n; ++begin) {
      if (units()[begin].kind == UnitKind::punctuation) continue;
      for (unsigned end = begin + 1; end <= n && end <= begin + longest_name; ++end) {
        // "CD4-positive, alpha-beta T cell": a comma may be part of a name, but ends none.
        const bool comma = units()[end - 1].key == ",";
        if (units()[end - 1].kind == UnitKind::punctuation && !comma) break;
        if (!comma) add_cell_type(begin, end);
      }
    }
  }
  void add_cell_type(unsigned begin, unsigned end) {
    const auto permuted = permuted_.find(sorted_keys(units(), begin, end - begin));
    if (permuted != permuted_.end()) add(begin, end, "value", permuted->second, 0.05);
    const std::string text = phrase(begin, end);
    if (text.size() < 2 || is_numeric(text)) return;
    auto type = vocabulary_.cell_type(text);
    if (!type || type->id == "CL:0000000") return;
    // A look-up by words alone would read "plasma, B cell" as one name.
    if (text.find(',') != std::string::npos && type->name.find(',') == std::string::npos) return;
    // A name as short as "as" or "is" that is an everyday word is not meant.
    if (end == begin + 1 && units()[begin].kind == UnitKind::word &&
        is_english_word(units()[begin]) && has_lower(units()[begin].surface) && text.size() < 5)
      return;
    const auto value = value_of_type_.find(type->id);
    const bool one = value != value_of_type_.end() && value->second != "\n";
    add(begin, end, one ? "value" : "cell_type", one ? value->second : type->name, 0.05);
  }

  /// In "NK cells" NK is hardly the gene that once had this name.
  void doubt_genes_in_names() {
    const int gene = grammar_.category("gene"), value = grammar_.category("value"),
              type = grammar_.category("cell_type");
    for (auto& edge : lattice_.edges) {
      if (edge.category != gene) continue;
      for (const auto& name : lattice_.edges)
        if ((name.category == value || name.category == type) && name.begin <= edge.begin &&
            name.end >= edge.end && name.end - name.begin > 1) {
          edge.cost += 1;
          break;
        }
    }
  }

  // --- the lexicon and the rest -----------------------------------------
  void find_concepts() { grammar_.lexicon().match(units(), concept_respellings(), lattice_.edges); }
  /// 样本 is the field "sample" or "sample_id" where the data have one; where
  /// they have none by any of its names it is absent, and the answer can say so.
  void find_field_aliases() {
    const int alias = grammar_.category("field_alias");
    for (std::size_t e = 0, n = lattice_.edges.size(); e < n; ++e) {
      const Edge edge = lattice_.edges[e];
      if (edge.category != alias) continue;
      const auto field = field_called(edge.value);
      if (field)
        add(edge.begin, edge.end, "field", *field, 0.05 + edge.cost);
      else
        add(edge.begin, edge.end, "absent_field", edge.value.front(), 0.1 + edge.cost);
    }
  }
  /// The first of the names that the data have as a column or as a word of one.
  std::optional<std::string> field_called(const json& names) const {
    for (const auto& wanted : names)
      for (const auto& f : data_.fields) {
        const std::string name = lower_ascii(f.name), word = wanted.get<std::string>();
        if (name == word || name.starts_with(word + "_") || name.ends_with("_" + word))
          return f.name;
      }
    return std::nullopt;
  }
  /// A word that names something in the data is not a misspelt concept.
  std::vector<std::vector<Respelling>> concept_respellings() const {
    auto out = respellings(grammar_.lexicon());
    for (const auto& edge : lattice_.edges)
      if (edge.cost < 0.3)
        for (unsigned i = edge.begin; i < edge.end; ++i) out[i].clear();
    return out;
  }
  void find_free_words() {
    for (unsigned i = 0; i < units().size(); ++i) {
      const auto& unit = units()[i];
      if (unit.kind == UnitKind::word) {
        const auto dot = unit.surface.rfind('.');
        const bool path = (dot != std::string::npos && dot > 0 && unit.surface.size() - dot <= 6) ||
                          unit.surface.find('/') != std::string::npos;
        if (path) add(i, i + 1, "path", unit.surface, 0);
        add(i, i + 1, "any_word", unit.surface, is_english_word(unit) ? 0.9 : 0.1);
      }
      if (unit.key != "\"") continue;
      for (unsigned j = i + 1; j < units().size() && j < i + longest_name; ++j)
        if (units()[j].key == "\"" && j > i + 1) {
          add(i, j + 1, "quoted", phrase(i + 1, j), 0);
          break;
        }
    }
  }

  /// Leaving out a thing that was recognised costs more than an unknown word,
  /// and that more than a filler.
  void weigh() {
    auto& weight = lattice_.weight;
    for (const auto& unit : units())
      weight.push_back(unit.kind == UnitKind::punctuation ? 0.0
                       : unit.kind == UnitKind::han       ? 0.4
                                                          : 0.9);
    const int filler = grammar_.category("filler"), word = grammar_.category("any_word"),
              ignored = grammar_.category("english_word"),
              connector = grammar_.category("connector"), list = grammar_.category("list_and"),
              alias = grammar_.category("field_alias"), absent = grammar_.category("absent_field");
    for (const auto& edge : lattice_.edges)
      if ((edge.category == connector || edge.category == list) && edge.end == edge.begin + 1 &&
          edge.cost == 0)
        weight[edge.begin] = std::min(weight[edge.begin], joining_word);
    for (const auto& edge : lattice_.edges) {
      if (edge.category == word || edge.category == filler || edge.category == ignored ||
          edge.category == connector || edge.category == list || edge.category == alias ||
          edge.category == absent || edge.cost >= 0.3)
        continue;
      const bool name = is_name(edge.category);
      const double whole = name ? 1.6 : 1.0;
      for (unsigned i = edge.begin; i < edge.end; ++i)
        weight[i] = std::max(weight[i], whole / (edge.end - edge.begin));
    }
    for (const auto& edge : lattice_.edges)
      if (edge.category == filler && edge.end == edge.begin + 1 && edge.cost == 0 &&
          weight[edge.begin] < 1.5)
        weight[edge.begin] = 0;
  }
  bool is_name(int category) const {
    const auto& name = grammar_.category_name(category);
    return name == "gene" || name == "value" || name == "cell_type" || name == "field" ||
           name == "number" || name == "percent" || name == "path";
  }

  const Grammar& grammar_;
  const Vocabulary& vocabulary_;
  const DataDescription& data_;
  Lattice lattice_;
  PhraseTrie names_;
  std::map<std::vector<std::string>, std::string> permuted_;
  std::map<std::string, std::string> value_of_type_;  ///< cell type id → category of the data
  bool shouting_ = false;
};

}  // namespace

Lattice build_lattice(const Grammar& grammar, const Vocabulary& vocabulary,
                      const DataDescription& data, std::string_view sentence) {
  return Builder(grammar, vocabulary, data).build(normalise(sentence));
}

}  // namespace celloquy::chat
