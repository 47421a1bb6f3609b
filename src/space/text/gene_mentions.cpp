#include "space/text/gene_mentions.hpp"

#include <algorithm>
#include <array>

namespace celloquy::space {
namespace {

enum class Sign { none, present, absent };

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}
bool digit(char c) { return c >= '0' && c <= '9'; }
bool capital(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }

struct SignWord {
  std::string_view word;
  Sign sign;
};
// Longer words before their beginnings.
constexpr std::array<SignWord, 19> sign_words{{{"-positive", Sign::present},
                                               {"positive", Sign::present},
                                               {"-negative", Sign::absent},
                                               {"negative", Sign::absent},
                                               {"high", Sign::present},
                                               {"hi", Sign::present},
                                               {"low", Sign::absent},
                                               {"lo", Sign::absent},
                                               {"pos", Sign::present},
                                               {"neg", Sign::absent},
                                               {"阳性", Sign::present},
                                               {"高表达", Sign::present},
                                               {"阴性", Sign::absent},
                                               {"低表达", Sign::absent},
                                               {"不表达", Sign::absent},
                                               {"+", Sign::present},
                                               {"＋", Sign::present},
                                               {"−", Sign::absent},
                                               {"-", Sign::absent}}};

/// The sign that `rest` begins with, and its length in bytes; a word only where it ends.
std::pair<Sign, std::size_t> sign_at(std::string_view rest) {
  for (const auto& [word, sign] : sign_words) {
    if (!rest.starts_with(word)) continue;
    const bool letters = lower(word.back());
    if (letters && rest.size() > word.size() && name_character(rest[word.size()])) continue;
    if (word == "-" && rest.size() > 1 && name_character(rest[1])) continue;
    return {sign, word.size()};
  }
  return {Sign::none, 0};
}

/// "Cd3e": how mouse genes are written.
bool mouse_spelling(std::string_view word) {
  return word.size() >= 3 && capital(word[0]) &&
         std::all_of(word.begin() + 1, word.end(), [](char c) { return !capital(c); }) &&
         std::any_of(word.begin(), word.end(), digit);
}

bool written_as_gene(std::string_view word, bool signed_word) {
  if (word.size() < 2 || !capital(word[0])) return false;
  const bool has_digit = std::any_of(word.begin(), word.end(), digit);
  const bool has_lower = std::any_of(word.begin(), word.end(), lower);
  if (has_lower)  // C1orf54, or mouse
    return mouse_spelling(word) || word.find("orf") != std::string_view::npos || signed_word;
  return has_digit || word.size() >= 3 || signed_word;
}

bool cd_name(std::string_view word) {
  return word.size() >= 3 && (word[0] == 'C' || word[0] == 'c') &&
         (word[1] == 'D' || word[1] == 'd') && digit(word[2]);
}

/// Surface molecules whose CD name is no symbol, or means several genes.
struct SurfaceName {
  std::string_view name, symbol;
};
constexpr std::array<SurfaceName, 30> surface_names{
    {{"CD3", "CD3E"},    {"CD8", "CD8A"},    {"CD11B", "ITGAM"}, {"CD11C", "ITGAX"},
     {"CD16", "FCGR3A"}, {"CD20", "MS4A1"},  {"CD21", "CR2"},    {"CD23", "FCER2"},
     {"CD25", "IL2RA"},  {"CD31", "PECAM1"}, {"CD32", "FCGR2A"}, {"CD41", "ITGA2B"},
     {"CD42B", "GP1BA"}, {"CD45", "PTPRC"},  {"CD49F", "ITGA6"}, {"CD56", "NCAM1"},
     {"CD57", "B3GAT1"}, {"CD61", "ITGB3"},  {"CD64", "FCGR1A"}, {"CD66B", "CEACAM8"},
     {"CD71", "TFRC"},   {"CD73", "NT5E"},   {"CD90", "THY1"},   {"CD103", "ITGAE"},
     {"CD117", "KIT"},   {"CD123", "IL3RA"}, {"CD127", "IL7R"},  {"CD138", "SDC1"},
     {"CD161", "KLRB1"}, {"CD326", "EPCAM"}}};

std::string_view surface_symbol(std::string_view word) {
  std::string upper(word);
  for (auto& c : upper)
    if (lower(c)) c = static_cast<char>(c - 'a' + 'A');
  for (const auto& [name, symbol] : surface_names)
    if (upper == name) return symbol;
  return word;
}

// Everyday abbreviations that are symbols or aliases of genes as well.
constexpr std::array<std::string_view, 22> not_genes{
    "DNA", "RNA", "NKT",  "ILC",  "HSC", "MAIT", "GMP", "CMP", "MEP",  "CLP",  "ECM",
    "EMT", "OPC", "PBMC", "MDSC", "TAM", "CAF",  "DC1", "DC2", "ILC1", "ILC2", "ILC3"};

/// Words that only hold a list of genes together: "cells with high CD14 and LYZ".
constexpr std::array<std::string_view, 18> filling_words{
    "and",     "with",      "for",      "of",    "that",     "are",
    "which",   "a",         "the",      "high",  "low",      "expressing",
    "express", "expressed", "positive", "cells", "negative", "highly"};
constexpr std::array<std::string_view, 14> filling_phrases{
    "细胞", "阳性", "阴性", "表达", "基因", "的", "和", "与", "及", "且", "高", "低", "均", "为"};

class Scanner {
 public:
  Scanner(std::string_view text, const knowledge::GeneTable& genes,
          const knowledge::MarkerTable& space)
      : text_(text), genes_(genes), space_(space) {}

  GeneMentions scan() {
    while (at_ < text_.size()) {
      if (!name_character(text_[at_])) {
        step_over_other();
        continue;
      }
      std::size_t end = at_;
      while (end < text_.size() && name_character(text_[end])) ++end;
      read_word(end);
    }
    // With nothing but filling words beside two genes or more it is a list.
    const bool only_genes = gene_words_ >= 2 && gene_words_ + filling_ >= words_;
    found_.share = words_ == 0 ? 0 : only_genes ? 1 : gene_words_ / words_;
    return std::move(found_);
  }

 private:
  // A Chinese character counts as half a word, punctuation as none.
  void step_over_other() {
    for (const auto phrase : filling_phrases)
      if (text_.substr(at_).starts_with(phrase)) {
        const double half_words = static_cast<double>(phrase.size()) / 6;  // 3 bytes each
        words_ += half_words;
        filling_ += half_words;
        at_ += phrase.size();
        return;
      }
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x80) {
      ++at_;
    } else if (byte < 0xE4 || byte >= 0xF0 || byte == 0xEF) {
      at_ += byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    } else {
      at_ += 3;
      words_ += 0.5;
    }
  }

  void read_word(std::size_t end) {
    // A last "-" or "." is a sign or the end of a sentence: "CD8A-", "CD4."
    while (end > at_ + 1 && (text_[end - 1] == '-' || text_[end - 1] == '.')) --end;
    std::string_view word = text_.substr(at_, end - at_);
    std::size_t sign_from = end;
    if (const auto cut = word.find("-pos"); cut != std::string_view::npos && cut > 1)
      word = word.substr(0, cut), sign_from = at_ + cut;
    if (const auto cut = word.find("-neg"); cut != std::string_view::npos && cut > 1)
      word = word.substr(0, cut), sign_from = at_ + cut;
    // "PDCD1high": a sign that is written onto the name.
    for (const std::string_view ending : {"high", "low", "hi", "lo", "pos", "neg"})
      if (word.size() > ending.size() + 2 && word.ends_with(ending) &&
          !lower(word[word.size() - ending.size() - 1])) {
        word.remove_suffix(ending.size());
        sign_from = at_ + word.size();
        break;
      }
    std::size_t from = sign_from;
    if (from < text_.size() && text_[from] == ' ') {
      // "CD25 negative": only a word, not a lone sign, may stand apart.
      const auto [sign, length] = sign_at(text_.substr(from + 1));
      if (sign != Sign::none && length > 2) ++from;
    }
    const auto [sign, length] = sign_at(text_.substr(from));
    words_ += 1;
    if (std::find(filling_words.begin(), filling_words.end(), word) != filling_words.end())
      filling_ += 1;
    if (take(word, sign)) {
      gene_words_ += 1;
      at_ = from + length;
      if (length == 0) at_ = end;
    } else {
      at_ = end;
    }
  }

  bool take(std::string_view word, Sign sign) {
    const bool signed_word = sign != Sign::none;
    if (!written_as_gene(word, signed_word) && !cd_name(word)) return false;
    if (!signed_word && std::find(not_genes.begin(), not_genes.end(), word) != not_genes.end())
      return false;
    const auto match = genes_.find(surface_symbol(word));
    if (!match) return false;
    // Aliases only where they are surely meant.
    if (match.kind != knowledge::NameKind::symbol && !cd_name(word) && !signed_word) return false;
    const auto symbol = genes_.human_symbol(match.gene);
    const auto gene = space_.find_gene(symbol);
    if (!gene) return false;
    const bool known = std::any_of(found_.genes.begin(), found_.genes.end(),
                                   [&](const auto& other) { return other.space_gene == *gene; });
    if (!known) found_.genes.push_back({std::string(symbol), *gene, sign == Sign::absent});
    return true;
  }

  std::string_view text_;
  const knowledge::GeneTable& genes_;
  const knowledge::MarkerTable& space_;
  GeneMentions found_;
  std::size_t at_ = 0;
  double words_ = 0, gene_words_ = 0, filling_ = 0;
};

}  // namespace

GeneMentions gene_mentions(std::string_view text, const knowledge::GeneTable& genes,
                           const knowledge::MarkerTable& space) {
  return Scanner(text, genes, space).scan();
}

}  // namespace celloquy::space
