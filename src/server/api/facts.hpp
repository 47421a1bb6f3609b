#pragma once
// What is told about a study's fields, embeddings and input: from a snapshot, computing nothing.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server/studies/snapshot.hpp"

namespace celloquy::server {

/// How a column about the cells can be shown.
struct FieldValues {
  enum class Kind { categorical, number, text } kind = Kind::text;
  Categorical groups;          ///< of the kept cells
  std::vector<float> numbers;  ///< of the kept cells, NaN where missing
};
/// Nothing when there is no such field, or one of celloquy's that was not made yet.
/// O(cells of the file).
std::optional<FieldValues> field_values(const Snapshot& snapshot, const std::string& name,
                                        Language language);
/// "cluster" or "label", and neither the file nor people gave that name to something else.
bool is_computed_field(const Snapshot& snapshot, const std::string& name);
/// What a field's values were made by: hashes of answers are made of it; empty: no such field.
std::string field_key(const Snapshot& snapshot, const std::string& name);

nlohmann::json fields_json(const Snapshot& snapshot, Language language);
nlohmann::json embeddings_json(const Snapshot& snapshot);
/// What was found out about the input, with sentences in plain words.
nlohmann::json input_json(const Snapshot& snapshot, Language language);
/// Three sentences that `ask` understands, about these data.
nlohmann::json suggestions_json(const Snapshot& snapshot, Language language);
nlohmann::json selections_json(const Snapshot& snapshot);

/// Coordinates of the kept cells, `dimensions` each; nothing when there is no such
/// embedding. "umap" is celloquy's, others are the file's ("X_umap").
struct EmbeddingValues {
  std::vector<float> values;
  std::size_t dimensions = 0;
};
std::optional<EmbeddingValues> embedding_values(const Snapshot& snapshot, const std::string& name);

}  // namespace celloquy::server
