#include "training/evaluation/queries.hpp"

#include <algorithm>
#include <sstream>

#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::training {

Expected<std::vector<ProfileQuery>> function_queries() {
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  CELLOQUY_TRY(const auto text, knowledge::read_model_file("lexicon/cell_functions.tsv"));
  CELLOQUY_TRY(auto rows, knowledge::TableReader::open("cell_functions.tsv", text,
                                                       {"id", "language", "split", "text"}));
  std::vector<ProfileQuery> queries;
  std::vector<std::string_view> f;
  while (rows.next(f))
    if (const auto term = ontology->find_id(f[0]); term && f[2] == "eval")
      queries.push_back({"function " + std::string(f[1]), std::string(f[3]), *term});
  return queries;
}

Expected<std::vector<ProfileQuery>> marker_list_queries(const std::filesystem::path& pairs) {
  const auto path = (pairs / "held_out_lists.tsv").string();
  std::vector<ProfileQuery> queries;
  if (!std::filesystem::exists(path)) return queries;
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  const auto text = workspace::read_file(path);
  if (!text) return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path}});
  CELLOQUY_TRY(auto rows, knowledge::TableReader::open("held_out_lists.tsv", *text,
                                                       {"cell_type", "name", "genes"}));
  std::vector<std::string_view> f;
  while (rows.next(f)) {
    const auto term = ontology->find_id(f[0]);
    if (!term) continue;
    std::string list;
    std::size_t genes = 0;
    for (std::size_t begin = 0; begin < f[2].size() && genes < genes_a_list; ++genes) {
      const auto end = std::min(f[2].find(' ', begin), f[2].size());
      if (!list.empty()) list += ' ';
      list.append(f[2].substr(begin, end - begin)).push_back('+');
      begin = end + 1;
    }
    queries.push_back({"marker list", std::move(list), *term});
  }
  return queries;
}

Expected<std::set<knowledge::TermIndex>> listed_terms(const std::filesystem::path& pairs) {
  const auto path = (pairs / "ontology_terms.txt").string();
  std::set<knowledge::TermIndex> terms;
  if (!std::filesystem::exists(path)) return terms;
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  const auto text = workspace::read_file(path);
  if (!text) return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path}});
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);)
    if (const auto term = ontology->find_id(line)) terms.insert(*term);
  return terms;
}

}  // namespace celloquy::training
