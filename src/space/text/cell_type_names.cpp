#include "space/text/cell_type_names.hpp"

#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/names.hpp"
#include "knowledge/table.hpp"

namespace celloquy::space {
namespace {

/// "Hep 3", "Fibroblasts type 2" → "hep", "fibroblast": groups of one kind are numbered.
std::string without_number(std::string_view label) {
  std::string text(label);
  for (auto& c : text)
    if (c == '.' || c == '_') c = ' ';
  const auto last = text.find_last_not_of("0123456789ab ");
  const auto digits = text.find_last_of("0123456789");
  if (digits != std::string::npos && last != std::string::npos && digits > last &&
      text[last + 1] == ' ')
    text.resize(last + 1);
  if (text.size() > 5 && text.ends_with(" type")) text.resize(text.size() - 5);
  return text;
}

}  // namespace

Expected<CellTypeNames> CellTypeNames::load() {
  CellTypeNames names;
  CELLOQUY_TRY(names.ontology_, knowledge::cell_ontology());
  CELLOQUY_TRY(const auto text, knowledge::read_model_file("markers/profile_labels.tsv"));
  CELLOQUY_TRY(auto rows,
               knowledge::TableReader::open("profile_labels.tsv", text, {"label", "id"}));
  std::vector<std::string_view> f;
  while (rows.next(f))
    if (const auto term = names.ontology_->find_id(f[1]))
      names.labels_.emplace(knowledge::name_key(f[0]), *term);
  return names;
}

knowledge::TermIndex CellTypeNames::find(std::string_view text) const {
  if (const auto term = ontology_->find(text)) return *term;
  const auto plain = without_number(text);
  if (const auto term = ontology_->find(plain)) return *term;
  for (const auto& key : {knowledge::name_key(text), knowledge::name_key(plain)})
    if (const auto found = labels_.find(key); found != labels_.end()) return found->second;
  return -1;
}

}  // namespace celloquy::space
