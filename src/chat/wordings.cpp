#include "chat/wordings.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "chat/surfaces.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

constexpr double name_cost = 0.05;  ///< of kinds of cells as entities.cpp finds them
constexpr double sure = 0.1, less_sure = 0.35, about_other_things = 1.8;
constexpr std::size_t most_choices = 12;

bool is_any(const std::string& key, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), key) != words.end();
}
bool is_sign(const Unit& unit) { return unit.key == "+" || unit.key == "-"; }

class Finder {
 public:
  Finder(const Grammar& grammar, const Vocabulary& vocabulary, std::string_view sentence,
         Lattice& lattice)
      : grammar_(grammar),
        vocabulary_(vocabulary),
        surfaces_(sentence, lattice.units),
        lattice_(lattice),
        n_(static_cast<unsigned>(lattice.units.size())),
        known_(lattice.edges.size()) {}

  void find() {
    after("look_like", sure);
    after("cells_that", less_sure);
    before("alike");
    signed_genes();
    choices();
  }

 private:
  const Unit& unit(unsigned i) const { return lattice_.units[i]; }
  void add(unsigned begin, unsigned end, const char* category, json value, double cost) {
    const int id = grammar_.category(category);
    if (id >= 0 && begin < end) lattice_.edges.push_back({begin, end, id, std::move(value), cost});
  }
  template <class Use>
  void each(const char* category, Use&& use, double most_cost = 0) {
    const int id = grammar_.category(category);
    for (std::size_t e = 0; e < known_; ++e) {
      const Edge edge = lattice_.edges[e];
      if (edge.category == id && edge.cost <= most_cost) use(edge);
    }
  }

  /// As it was written.
  std::string text(unsigned begin, unsigned end) const { return surfaces_.text(begin, end); }
  /// The end of the sentence that holds this unit.
  unsigned sentence_end(unsigned from) const {
    unsigned end = from;
    while (end < n_ && !is_any(unit(end).key, {".", "?", "!", ";", "\""})) ++end;
    return end;
  }
  /// Without "in my data", 的细胞有哪些 and the like at the end.
  unsigned without_tail(unsigned begin, unsigned end) {
    for (unsigned before = end + 1; end < before;) {
      before = end;
      each("wording_end", [&](const Edge& edge) {
        if (edge.end == before && edge.begin > begin) end = std::min(end, edge.begin);
      });
      while (end > begin + 1 && unit(end - 1).key == ",") --end;
    }
    return end;
  }
  /// "a", "the", 是, 更像: they stand before a kind of cell and say nothing of it.
  unsigned without_head(unsigned begin, unsigned end) const {
    while (begin < end &&
           is_any(unit(begin).key,
                  {"a",      "an",     "the",  "are",  "is", "be",     "being", "more", "like",
                   "rather", "either", "cell", "made", "of", "mostly", "属",    "于",   "细",
                   "胞",     "是",     "更",   "像",   "都", ",",      ":"}))
      ++begin;
    return begin;
  }

  void add_wording(unsigned begin, unsigned end, double cost) {
    const unsigned from = without_head(begin, end);
    if (from == end) return;
    const unsigned to = without_tail(from, end);
    // "Find the marker genes of …" asks for something else than cells.
    for (const char* other :
         {"gene", "gene_word", "marker", "cluster_word", "mito", "umap", "kind"})
      each(other, [&](const Edge& edge) {
        if (cost == less_sure && edge.begin >= from && edge.end <= to) cost = about_other_things;
      });
    add(begin, end, "wording", text(from, to), cost);
  }
  void after(const char* trigger, double cost) {
    each(trigger, [&](const Edge& edge) {
      if (edge.end >= n_ || unit(edge.end).key == "\"") return;  // "quoted" finds that
      const unsigned end = sentence_end(edge.end);
      if (end == edge.end) return;
      add_wording(edge.end, end, cost);
      // A comma may be part of the name, or begin the next request.
      for (unsigned i = edge.end + 1; i + 1 < end; ++i)
        if (unit(i).key == ",") {
          add_wording(edge.end, i, cost);
          break;
        }
    });
  }
  /// 与肝星状细胞相似.
  void before(const char* trigger) {
    each(trigger, [&](const Edge& edge) {
      for (unsigned i = edge.begin; i-- > 0;)
        if (is_any(unit(i).key, {"与", "和", "跟", "同"})) {
          add(i + 1, edge.begin, "wording", text(i + 1, edge.begin), sure);
          return;
        }
    });
  }

  bool is_gene(unsigned i) const {
    const int gene = grammar_.category("gene");
    return std::any_of(lattice_.edges.begin(), lattice_.edges.end(), [&](const Edge& edge) {
      return edge.category == gene && edge.begin == i && edge.end == i + 1;
    });
  }
  /// The unit after a gene with its sign.
  std::optional<unsigned> signed_gene(unsigned i) const {
    if (i >= n_ || unit(i).kind != UnitKind::word || !is_gene(i)) return std::nullopt;
    const char last = unit(i).surface.back();
    if (last == '+' || last == '-') return i + 1;
    if (i + 1 < n_ && is_sign(unit(i + 1)) && !surfaces_.spaced(i + 1)) return i + 2;
    return std::nullopt;
  }
  void signed_genes() {
    for (unsigned begin = 0; begin < n_; ++begin) {
      std::size_t genes = 0;
      unsigned end = begin;
      for (unsigned i = begin; const auto next = signed_gene(i); ++genes) {
        end = i = *next;
        if (i < n_ && (is_any(unit(i).key, {",", "and", "和"}))) ++i;
      }
      if (genes < 2) continue;
      add(begin, end, "signed_genes", text(begin, end), sure);
      begin = end - 1;
    }
  }

  // --- "naive or memory T cells" -------------------------------------------
  /// The unit after "or" at this unit, or nothing.
  std::optional<unsigned> or_at(unsigned i) const {
    const bool two = i + 1 < n_;
    if (unit(i).key == "还" && two && unit(i + 1).key == "是") return i + 2;
    if (unit(i).key == "或") return i + (two && unit(i + 1).key == "者" ? 2 : 1);
    if (unit(i).key == "or") return i + 1;
    return std::nullopt;
  }
  void choices() {
    for (unsigned i = 1; i < n_; ++i)
      if (or_at(i)) return choices_around(i);
  }
  /// "Are the T cells naive or memory?", T细胞是初始的还是记忆的: where the choices
  /// begin after the kind of cells that is asked about; 0: it is no such question.
  unsigned after_subject(unsigned first_or, std::string& subject) {
    unsigned begin = 0, from = 0;
    for (const char* category : {"cell_type", "value"})
      each(
          category,
          [&](const Edge& edge) {
            // "Are T cells or B cells …" names the choices themselves.
            if (edge.end >= first_or || edge.end < begin || edge.begin > 2) return;
            if (!is_any(unit(0).key, {"are", "is"}) && !is_any(unit(edge.end).key, {"是", "更"}))
              return;
            if (edge.end == begin && edge.begin >= from) return;
            begin = edge.end, from = edge.begin;
          },
          name_cost);
    if (begin > 0) subject = text(from, begin);
    return begin;
  }
  /// "naive" of T cells is "naive T cells", 初始的 is 初始T细胞; what is a kind of cell stays.
  std::string of_subject(std::string label, const std::string& subject) const {
    constexpr std::string_view of = "的";
    if (label.ends_with(of)) label.resize(label.size() - of.size());
    const bool chinese = !label.empty() && static_cast<unsigned char>(label.back()) >= 0x80;
    if (label.find("cell") != std::string::npos || label.find("细胞") != std::string::npos ||
        vocabulary_.cell_type(label))
      return label;
    return label + (chinese ? "" : " ") + subject;
  }
  void choices_around(unsigned first_or) {
    unsigned begin = 0;
    for (const char* category : {"them", "these", "cluster_word", "number"})
      each(category, [&](const Edge& edge) {
        if (edge.end < first_or) begin = std::max(begin, edge.end);
      });
    std::string subject;
    if (begin == 0) begin = after_subject(first_or, subject);
    if (begin == 0) return;
    const unsigned end = sentence_end(begin);
    const unsigned to = without_tail(begin, end);
    std::vector<std::pair<unsigned, unsigned>> parts;
    unsigned from = begin;
    for (unsigned i = begin; i < to;) {
      const auto next = or_at(i);
      const bool comma = unit(i).key == ",";
      if (!next && !comma) {
        ++i;
        continue;
      }
      if (i > from) parts.emplace_back(from, i);
      i = from = next.value_or(i + 1);
    }
    if (to > from) parts.emplace_back(from, to);
    for (auto& [a, b] : parts) a = without_head(a, b);
    std::erase_if(parts, [](const auto& part) { return part.first >= part.second; });
    if (parts.size() < 2 || parts.size() > most_choices) return;
    json labels = json::array();
    for (const auto& part : parts) {
      for (unsigned i = part.first; i < part.second && !subject.empty(); ++i)
        if (is_any(unit(i).key, {"than", "higher", "lower", "frequent", "common", "many", "most",
                                 "in", "多", "少", "高", "低", "比"}))
          return;  // a comparison, not a choice of names
      labels.push_back(subject.empty() ? choice(part, parts.back())
                                       : of_subject(text(part.first, part.second), subject));
    }
    add(begin, end, "choices", std::move(labels), sure);
  }
  /// "naive" of "naive or memory T cells" is "naive T cells".
  std::string choice(std::pair<unsigned, unsigned> part, std::pair<unsigned, unsigned> last) const {
    const std::string own = text(part.first, part.second);
    const unsigned length = part.second - part.first;
    bool whole = length >= last.second - last.first || vocabulary_.cell_type(own).has_value();
    for (unsigned i = part.first; i < part.second; ++i)
      whole = whole || unit(i).key == "cell" || unit(i).key == "胞";
    if (whole) return own;
    const unsigned head = last.first + length;
    return own + (surfaces_.spaced(head) ? " " : "") + text(head, last.second);
  }

  const Grammar& grammar_;
  const Vocabulary& vocabulary_;
  Surfaces surfaces_;
  Lattice& lattice_;
  unsigned n_;
  std::size_t known_;  ///< edges that were there before
};

}  // namespace

void find_wordings(const Grammar& grammar, const Vocabulary& vocabulary, std::string_view sentence,
                   Lattice& lattice) {
  Finder(grammar, vocabulary, sentence, lattice).find();
}

}  // namespace celloquy::chat
