#include "chat/vocabulary.hpp"

#include "knowledge/knowledge.hpp"

namespace celloquy::chat {
namespace {

class KnowledgeVocabulary : public Vocabulary {
 public:
  std::optional<std::string> gene(std::string_view written,
                                  std::string_view organism) const override {
    const auto table = organism == "mouse" ? knowledge::mouse_genes() : knowledge::human_genes();
    if (!table) return std::nullopt;
    const auto match = (*table)->find(written);
    if (!match) return std::nullopt;
    return std::string((*table)->symbol(match.gene));
  }
  std::optional<CellTypeName> cell_type(std::string_view phrase) const override {
    const auto ontology = knowledge::cell_ontology();
    if (!ontology) return std::nullopt;
    const auto term = (*ontology)->find(phrase);
    if (!term) return std::nullopt;
    return CellTypeName{std::string((*ontology)->id(*term)), std::string((*ontology)->name(*term))};
  }
};

}  // namespace

const Vocabulary& standard_vocabulary() {
  static const KnowledgeVocabulary vocabulary;
  return vocabulary;
}

}  // namespace celloquy::chat
