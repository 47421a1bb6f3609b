#include "training/evaluation/study_profiles.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "knowledge/knowledge.hpp"
#include "training/evaluation/task_file.hpp"
#include "training/json_lines.hpp"

namespace celloquy::training {
namespace {

std::string plain_label(std::string label) {
  const auto last = label.find_last_not_of("0123456789 ");
  if (last != std::string::npos && last + 1 < label.size() && label[last + 1] == ' ')
    label.resize(last + 1);
  if (label.size() > 5 && label.ends_with(" type")) label.resize(label.size() - 5);
  return label;
}

}  // namespace

bool holds(const Study& study, std::string_view source) {
  return std::any_of(study.sources.begin(), study.sources.end(),
                     [&](const auto& part) { return source.find(part) != std::string_view::npos; });
}

Expected<std::vector<Study>> read_studies(const std::filesystem::path& path) {
  CELLOQUY_TRY(const auto document, read_task_file(path, nlohmann::json::value_t::object));
  std::vector<Study> studies;
  try {
    for (const auto& [name, sources] : document.items())
      studies.push_back({name, sources.get<std::vector<std::string>>()});
  } catch (const nlohmann::json::exception&) {
    studies.clear();
  }
  if (studies.empty()) return unusable_task(path, "JSON");
  return studies;
}

Expected<std::vector<StudyProfile>> profiles_of(const PairsFolder& pairs,
                                                const std::filesystem::path& folder,
                                                const Study& study) {
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  std::vector<StudyProfile> found;
  CELLOQUY_CHECK(for_each_json_line(
      folder / "pairs.jsonl", nullptr,
      [&](std::uint64_t line, const nlohmann::json& object) -> Status {
        const auto pair = static_cast<std::uint32_t>(line - 1);
        if (!pairs.is_profile(pairs[pair])) return {};
        const auto source = object.value("source", "");
        if (!holds(study, source)) return {};
        StudyProfile profile{pair, source, plain_label(object["texts"][0].value("text", "")), -1};
        if (const auto term = ontology->find_id(object.value("cell_type", "")))
          profile.type = *term;
        found.push_back(std::move(profile));
        return {};
      }));
  return found;
}

/// The profiles of one source as a matrix of log1p values.
Expected<CountMatrix> matrix_of(const PairsFolder& pairs, std::span<const StudyProfile> profiles) {
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint16_t> genes;
  std::vector<float> values;
  PairRow row;
  for (const auto& profile : profiles) {
    CELLOQUY_CHECK(pairs.read_row(profile.pair, row));
    genes.insert(genes.end(), row.genes.begin(), row.genes.end());
    values.insert(values.end(), row.values.begin(), row.values.end());
    offsets.push_back(genes.size());
  }
  Buffer<std::uint16_t> index(genes.size());
  std::copy(genes.begin(), genes.end(), index.begin());
  Buffer<float> value(values.size());
  std::copy(values.begin(), values.end(), value.begin());
  return CountMatrix(SparseMatrix(Order::cell_major, profiles.size(), pairs.genes().size(),
                                  std::move(offsets), std::move(index), std::move(value)));
}

std::vector<StudyProfile> reference_profiles(const PairsFolder& pairs, const Study& study) {
  std::vector<StudyProfile> found;
  std::size_t seen = 0;
  for (std::uint32_t p = 0; p < pairs.size(); ++p) {
    if (pairs.family(pairs[p]).name != "human_profiles") continue;
    const auto& source = pairs.source(pairs[p]).name;
    if (!holds(study, source) && seen++ % 3 == 0) found.push_back({p, source, {}, -1});
  }
  return found;
}

}  // namespace celloquy::training
