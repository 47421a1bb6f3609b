#include "training/evaluation/tower_route.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "knowledge/knowledge.hpp"
#include "space/text/attention.hpp"
#include "space/towers/products.hpp"
#include "training/evaluation/task_file.hpp"
#include "training/standardize.hpp"

namespace celloquy::training {

TowerRoute::TowerRoute(space::TowersFile file, std::vector<std::string> left_out)
    : cells_(std::move(file.cell), std::move(file.genes)),
      head_(std::move(file.text), std::move(file.encoder)),
      left_out_(std::move(left_out)) {}

Expected<TowerRoute> TowerRoute::open(const std::filesystem::path& folder) {
  CELLOQUY_TRY(auto file, space::read_towers(folder));
  const auto about = folder / "towers.json";
  CELLOQUY_TRY(const auto document, read_task_file(about, nlohmann::json::value_t::object));
  std::vector<std::string> left_out;
  try {
    left_out = document.at("training").at("options").at("leave_out").get<decltype(left_out)>();
  } catch (const nlohmann::json::exception&) {
    return unusable_task(about, "JSON");
  }
  return TowerRoute(std::move(file), std::move(left_out));
}

bool TowerRoute::blind_to(const PairsFolder& pairs, const Study& study) const {
  const auto& sources = pairs.index().sources;
  return std::all_of(sources.begin(), sources.end(), [&](const auto& source) {
    // A training leaves out every source that holds one of its parts.
    return !holds(study, source.name) ||
           std::any_of(left_out_.begin(), left_out_.end(), [&](const auto& part) {
             return source.name.find(part) != std::string::npos;
           });
  });
}

Expected<std::vector<float>> TowerRoute::texts(std::span<const std::string> texts,
                                               language::TextEncoder& encoder,
                                               const Context& context) {
  if (encoder.identity() != head_.encoder())
    return failure(
        ErrorCode::unusable_input, "space.other_encoder",
        {{"wanted", std::string(head_.encoder())}, {"found", std::string(encoder.identity())}});
  std::vector<std::string> fresh;
  for (const auto& text : texts)
    if (!encoded_.contains(text) && std::find(fresh.begin(), fresh.end(), text) == fresh.end())
      fresh.push_back(text);
  if (!fresh.empty()) {
    CELLOQUY_TRY(const auto raw, encoder.encode(fresh, context));
    const auto vectors = head_.encode(raw, context);
    if (vectors.empty()) return cancelled_error();
    const auto d = static_cast<std::ptrdiff_t>(head_.dimension());
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      const auto from = vectors.begin() + static_cast<std::ptrdiff_t>(i) * d;
      encoded_[fresh[i]] = std::vector<float>(from, from + d);
    }
  }
  std::vector<float> out;
  for (const auto& text : texts) {
    const auto& vector = encoded_[text];
    out.insert(out.end(), vector.begin(), vector.end());
  }
  return out;
}

Expected<std::vector<float>> TowerRoute::profiles(const PairsFolder& pairs,
                                                  std::span<const StudyProfile> profiles,
                                                  const space::Standardization& standard,
                                                  const Context& context) const {
  CELLOQUY_TRY(const auto* table, knowledge::marker_table());
  std::vector<std::int32_t> column(standard.n_space_genes(), -1);
  std::vector<float> empty(cells_.genes().size(), 0);
  const auto z = [&](std::size_t gene, float x) {
    return std::clamp((x - standard.centre[gene]) * standard.inverse_scale[gene], -largest_z,
                      largest_z);
  };
  for (std::size_t i = 0; i < cells_.genes().size(); ++i) {
    const auto found = table->find_gene(cells_.genes()[i]);
    if (!found || !standard.measured[static_cast<std::size_t>(*found)]) continue;
    column[static_cast<std::size_t>(*found)] = static_cast<std::int32_t>(i);
    empty[i] = z(static_cast<std::size_t>(*found), 0);
  }
  std::vector<float> all;
  all.reserve(profiles.size() * empty.size());
  PairRow row;
  for (const auto& profile : profiles) {
    CELLOQUY_CHECK(pairs.read_row(profile.pair, row));
    all.insert(all.end(), empty.begin(), empty.end());
    float* to = all.data() + all.size() - empty.size();
    for (std::size_t k = 0; k < row.genes.size(); ++k) {
      const auto gene = standard.space_gene[row.genes[k]];
      if (gene < 0 || column[static_cast<std::size_t>(gene)] < 0) continue;
      to[column[static_cast<std::size_t>(gene)]] = z(static_cast<std::size_t>(gene), row.values[k]);
    }
  }
  auto vectors = cells_.encode(all, context);
  if (vectors.empty()) return cancelled_error();
  return vectors;
}

std::vector<float> contrasted(std::vector<float> vectors, std::size_t dimension, double contrast) {
  const std::size_t n = vectors.size() / dimension;
  if (n < 2 || contrast == 0) return vectors;
  std::vector<double> mean(dimension, 0);
  for (std::size_t i = 0; i < vectors.size(); ++i) mean[i % dimension] += vectors[i];
  for (std::size_t i = 0; i < vectors.size(); ++i)
    vectors[i] -= static_cast<float>(contrast * mean[i % dimension] / static_cast<double>(n));
  for (std::size_t i = 0; i < n; ++i)
    space::to_unit(std::span(vectors).subspan(i * dimension, dimension));
  return vectors;
}

DenseBlock products(std::span<const float> rows, std::span<const float> columns,
                    std::size_t dimension) {
  DenseBlock out;
  out.n_rows = rows.size() / dimension;
  out.n_columns = columns.size() / dimension;
  out.values.resize(out.n_rows * out.n_columns);
  space::multiply(out.n_rows, out.n_columns, dimension, 1.0f, {rows.data(), dimension},
                  {columns.data(), dimension, space::Side::transposed}, 0.0f, out.values.data(),
                  out.n_columns);
  return out;
}

}  // namespace celloquy::training
