#include "tools/design_columns.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tools/biology.hpp"

namespace celloquy::tools {
namespace {

/// Lower case without separators: "Cell_Type" → "celltype".
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if (c != '_' && c != ' ' && c != '.' && c != '-')
      out += c;
  return out;
}

template <std::size_t N>
bool one_of(const std::string& name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 16> cell_type_names = {
    "celltype",      "celltypes",         "cellontologyclass",  "annotation",
    "annotations",   "celllabel",         "celllabels",         "labels",
    "bulklabels",    "cellannotation",    "celltypeannotation", "cellclass",
    "majorcelltype", "predictedcelltype", "celltypemajor",      "celltypist"};
constexpr std::array<std::string_view, 9> cluster_names = {
    "leiden",        "louvain",    "cluster",   "clusters", "seuratclusters",
    "seuratcluster", "phenograph", "clusterid", "walktrap"};
constexpr std::array<std::string_view, 21> sample_names = {
    "sample",    "sampleid",   "samples", "samplename", "donor",      "donorid",   "patient",
    "patientid", "individual", "subject", "subjectid",  "mouse",      "mouseid",   "animal",
    "animalid",  "replicate",  "biorep",  "specimen",   "specimenid", "origident", "participant"};
constexpr std::array<std::string_view, 12> batch_names = {
    "batch", "batchid", "lane",  "library",   "libraryid", "channel",
    "well",  "run",     "plate", "chemistry", "gemgroup",  "pool"};

/// Two or more categories, and not a name for nearly every cell.
bool usable_partition(const Column& column) {
  const auto categories = as_categorical(column);
  return categories && categories->categories.size() >= 2 &&
         categories->categories.size() * 2 < categories->codes.size() + 2;
}

/// Most categories are names of cell types.
bool names_cell_types(const Column& column) {
  const auto categories = as_categorical(column);
  if (!categories || categories->categories.size() < 2 || categories->categories.size() > 500)
    return false;
  std::size_t known = 0;
  for (const auto& category : categories->categories)
    known += cell_type_of_category(category).has_value();
  return known * 2 > categories->categories.size();
}

}  // namespace

ColumnRole column_role(const std::string& name, const Column& column) {
  const std::string plain = folded(name);
  if (one_of(plain, cell_type_names)) return ColumnRole::cell_type;
  if (one_of(plain, cluster_names)) return ColumnRole::clusters;
  if (one_of(plain, sample_names)) return ColumnRole::sample;
  if (one_of(plain, batch_names)) return ColumnRole::batch;
  const auto type = kind(column);
  if ((type == "text" || type == "categorical") && names_cell_types(column))
    return ColumnRole::cell_type;
  return ColumnRole::other;
}

std::optional<std::string> cell_type_column(const Dataset& data) {
  std::optional<std::string> by_name, by_content;
  for (const auto& [name, column] : data.obs.columns) {
    if (kind(column) != "text" && kind(column) != "categorical") continue;
    const std::string plain = folded(name);
    if (plain == "celltype" && as_categorical(column)) return name;
    if (!by_name && one_of(plain, cell_type_names) && usable_partition(column)) by_name = name;
    if (!by_name && !by_content && usable_partition(column) &&
        column_role(name, column) == ColumnRole::cell_type)
      by_content = name;
  }
  return by_name ? by_name : by_content;
}

std::vector<std::string> replicate_columns(const Dataset& data) {
  std::vector<std::string> samples, batches;
  for (const auto& [name, column] : data.obs.columns) {
    const std::string plain = folded(name);
    if (!one_of(plain, sample_names) && !one_of(plain, batch_names)) continue;
    if (!usable_partition(column)) continue;
    (one_of(plain, sample_names) ? samples : batches).push_back(name);
  }
  samples.insert(samples.end(), batches.begin(), batches.end());
  return samples;
}

std::optional<std::string> batch_column(const Dataset& data) {
  std::optional<std::string> sample;
  for (const auto& name : replicate_columns(data)) {
    if (one_of(folded(name), batch_names)) return name;
    if (!sample) sample = name;
  }
  return sample;
}

std::optional<std::string> column_called(const Dataset& data, const std::string& name) {
  if (data.obs.find(name)) return name;
  for (const auto& [known, values] : data.obs.columns)
    if (folded(known) == folded(name)) return known;
  return std::nullopt;
}

Text design_name(const std::string& name) { return message_template("tools.design." + name); }

}  // namespace celloquy::tools
