#include "tools/code_pieces.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/own_fields.hpp"
#include "tools/standard_code.hpp"

namespace celloquy::tools {

using exports::CodeStep;
using nlohmann::json;

std::string literal(const std::string& text) { return json(text).dump(); }

std::string python_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? ", " : "") + literal(item);
  return out + "]";
}

std::string r_vector(const std::vector<std::string>& items) {
  std::string out = "c(";
  for (const auto& item : items) out += (out.size() > 2 ? ", " : "") + literal(item);
  return out + ")";
}

std::string plain_number(double number) { return fmt::format("{:.10g}", number); }

std::string scanpy_column(const Grouping& grouping) {
  return grouping.kind == Grouping::Kind::field      ? grouping.field
         : grouping.kind == Grouping::Kind::clusters ? "leiden"
                                                     : "celloquy_label";
}
std::string seurat_column(const Grouping& grouping) {
  return grouping.kind == Grouping::Kind::field      ? grouping.field
         : grouping.kind == Grouping::Kind::clusters ? "seurat_clusters"
                                                     : "celloquy_label";
}

std::vector<std::string> category_names(const GroupChoice& group) {
  std::vector<std::string> out;
  for (const auto code : group.codes)
    out.push_back(group.grouping.names[static_cast<std::size_t>(code)].en);
  return out;
}

EquivalentCode membership(const GroupChoice& group) {
  const auto names = category_names(group);
  return {"adata.obs[" + literal(scanpy_column(group.grouping)) + "].astype(str).isin(" +
              python_list(names) + ")",
          "as.character(object[[" + literal(seurat_column(group.grouping)) + "]][, 1]) %in% " +
              r_vector(names)};
}

EquivalentCode quality_columns() {
  return {
      "import scanpy as sc\n"
      "adata.var[\"mt\"] = adata.var_names.str.upper().str.startswith(\"MT-\")\n"
      "sc.pp.calculate_qc_metrics(adata, qc_vars=[\"mt\"], inplace=True, percent_top=None)\n",
      "object[[\"percent.mt\"]] <- PercentageFeatureSet(object, pattern = \"^(MT|mt)-\")\n"};
}

Expected<exports::CodeSource> code_source(Pipeline& pipeline) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  exports::CodeSource source;
  source.path = data->path.empty() ? pipeline.study().path() : data->path;
  source.format = data->format;
  source.matrix_where = data->matrix_where;
  source.title = "celloquy: " + source.path;
  if (source.path == "demo") {
    // Its counts and annotations are two files that only celloquy puts together.
    source.path = "demo.h5ad";
    source.format = "h5ad";
    source.matrix_where = "layers/counts";
    source.title =
        "celloquy: demo; first write demo.h5ad: celloquy export demo --h5ad demo.h5ad --session "
        "original";
  }
  return source;
}

namespace {

/// Limits that the user gave → conditions on the usual QC columns.
struct Condition {
  const char* argument;
  const char* scanpy;
  const char* seurat;
  const char* comparison;
};
constexpr Condition conditions[] = {
    {"min_genes", "n_genes_by_counts", "nFeature_RNA", ">="},
    {"max_genes", "n_genes_by_counts", "nFeature_RNA", "<="},
    {"min_counts", "total_counts", "nCount_RNA", ">="},
    {"max_counts", "total_counts", "nCount_RNA", "<="},
    {"max_mitochondrial_percent", "pct_counts_mt", "percent.mt", "<="},
    {"min_mitochondrial_percent", "pct_counts_mt", "percent.mt", ">="},
};

/// filter_cells with limits from the data: median ± MADs a batch.
CodeStep filter_by_deviation(const json& arguments) {
  const std::string batch = arguments.value("batch", std::string());
  const double mads = arguments.value("mads", 5.0);
  const double mads_mt = arguments.value("mads_mitochondrial", 3.0);
  const double least_genes = arguments.value("least_genes", 200.0);
  const double least_mt = arguments.value("least_mitochondrial_limit", 8.0);
  const EquivalentCode metrics = quality_columns();
  CodeStep step;
  step.scanpy = fmt::format(
      "import numpy as np\nimport pandas as pd\n{0}"
      "batches = {1}\n"
      "def outside(values, mads, low=True):\n"
      "    median = values.groupby(batches, observed=True).transform(\"median\")\n"
      "    mad = 1.4826 * (values - median).abs().groupby(batches, "
      "observed=True).transform(\"median\")\n"
      "    return (values > median + mads * mad) | (low & (values < median - mads * mad))\n"
      "bad = outside(adata.obs[\"log1p_total_counts\"], {2}) | "
      "outside(adata.obs[\"log1p_n_genes_by_counts\"], {2})\n"
      "bad |= outside(adata.obs[\"pct_counts_mt\"], {3}, low=False) & "
      "(adata.obs[\"pct_counts_mt\"] > {5})\n"
      "adata = adata[~bad & (adata.obs[\"n_genes_by_counts\"] >= {4})].copy()\n",
      metrics.scanpy,
      batch.empty() ? "pd.Series(0, index=adata.obs_names)"
                    : "adata.obs[" + literal(batch) + "].astype(str)",
      plain_number(mads), plain_number(mads_mt), plain_number(least_genes), plain_number(least_mt));
  step.seurat = fmt::format(
      "{0}batches <- {1}\n"
      "outside <- function(x, mads, low = TRUE) {{\n"
      "  m <- ave(x, batches, FUN = median); s <- ave(x, batches, FUN = mad)\n"
      "  x > m + mads * s | (low & x < m - mads * s)\n"
      "}}\n"
      "bad <- outside(log1p(object$nCount_RNA), {2}) | outside(log1p(object$nFeature_RNA), {2}) |\n"
      "  (outside(object$percent.mt, {3}, low = FALSE) & object$percent.mt > {5})\n"
      "object <- object[, !bad & object$nFeature_RNA >= {4}]\n",
      metrics.seurat,
      batch.empty() ? "rep(1, ncol(object))"
                    : "as.character(object[[" + literal(batch) + "]][, 1])",
      plain_number(mads), plain_number(mads_mt), plain_number(least_genes), plain_number(least_mt));
  return step;
}

CodeStep filter_step(const json& arguments) {
  std::string python, r;
  for (const auto& condition : conditions)
    if (arguments.contains(condition.argument)) {
      const std::string limit = plain_number(arguments[condition.argument].get<double>());
      python += fmt::format("{}(adata.obs[\"{}\"] {} {})", python.empty() ? "" : " & ",
                            condition.scanpy, condition.comparison, limit);
      r += fmt::format("{}object${} {} {}", r.empty() ? "" : " & ", condition.seurat,
                       condition.comparison, limit);
    }
  if (python.empty()) return filter_by_deviation(arguments);
  const EquivalentCode metrics = quality_columns();
  CodeStep step;
  step.scanpy = metrics.scanpy + fmt::format("adata = adata[{}].copy()\n", python);
  step.seurat = metrics.seurat + fmt::format("object <- object[, {}]\n", r);
  return step;
}

/// subset: `resolved` holds [{"scanpy","seurat","values","exclude"}…].
CodeStep subset_step(const json& arguments) {
  std::string keep_python, keep_r, drop_python, drop_r;
  for (const auto& part : arguments.value("resolved", json::array())) {
    const auto values = part.value("values", std::vector<std::string>());
    const bool exclude = part.value("exclude", false);
    auto& python = exclude ? drop_python : keep_python;
    auto& r = exclude ? drop_r : keep_r;
    python += fmt::format("{}adata.obs[{}].astype(str).isin({})", python.empty() ? "" : " | ",
                          literal(part.value("scanpy", "")), python_list(values));
    r += fmt::format("{}as.character(object[[{}]][, 1]) %in% {}", r.empty() ? "" : " | ",
                     literal(part.value("seurat", "")), r_vector(values));
  }
  CodeStep step;
  if (const auto met = arguments.find("conditions"); met != arguments.end()) {
    keep_python += (keep_python.empty() ? "" : ") & (") + met->value("scanpy", std::string());
    keep_r += (keep_r.empty() ? "" : ") & (") + met->value("seurat", std::string());
    step.scanpy = met->value("before_scanpy", std::string());
    step.seurat = met->value("before_seurat", std::string());
  }
  const auto both = [](const std::string& keep, const std::string& drop, const char* no) {
    std::string out = keep.empty() ? "" : "(" + keep + ")";
    if (!drop.empty()) out += (out.empty() ? "" : " & ") + std::string(no) + "(" + drop + ")";
    return out;
  };
  step.scanpy += "adata = adata[" + both(keep_python, drop_python, "~") + "].copy()\n";
  step.seurat += "object <- object[, " + both(keep_r, drop_r, "!") + "]\n";
  return step;
}

CodeStep doublet_step(const json& arguments) {
  const EquivalentCode code = doublet_code(arguments);
  CodeStep step;
  step.scanpy = code.scanpy;
  step.seurat = code.seurat;
  return step;
}

/// A name for groups or cells: `resolved` holds {"scanpy","seurat","values","column","name"}.
CodeStep name_step(const json& arguments) {
  const json part = arguments.value("resolved", json::object());
  const std::string from = part.value("scanpy", ""), column = literal(part.value("column", ""));
  const std::string name = literal(part.value("name", ""));
  const auto values = part.value("values", std::vector<std::string>());
  CodeStep step;
  if (from == selection_field) {
    step.scanpy =
        "# " + name + ": cells chosen by hand; celloquy's h5ad export has them in " + column + "\n";
    step.seurat = step.scanpy;
    return step;
  }
  step.scanpy = fmt::format(
      "chosen = adata.obs[{0}].astype(str).isin({1})\n"
      "adata.obs[{2}] = (adata.obs[{2}] if {2} in adata.obs else adata.obs[{0}]).astype(object)\n"
      "adata.obs.loc[chosen, {2}] = {3}\n",
      literal(from), python_list(values), column, name);
  step.seurat = fmt::format(
      "chosen <- as.character(object[[{0}]][, 1]) %in% {1}\n"
      "named <- as.character(object[[if ({2} %in% colnames(object[[]])) {2} else {0}]][, 1])\n"
      "named[chosen] <- {3}\n"
      "object <- AddMetaData(object, named, col.name = {2})\n",
      literal(part.value("seurat", "")), r_vector(values), column, name);
  return step;
}

bool chooses_by_clusters(const json& arguments) {
  const json resolved = arguments.value("resolved", json::array());
  if (resolved.is_object()) return resolved.value("scanpy", "") == "leiden";
  for (const auto& part : resolved)
    if (part.value("scanpy", "") == "leiden") return true;
  return false;
}

}  // namespace

Expected<std::vector<CodeStep>> code_steps(Pipeline& pipeline, Needs needs) {
  CELLOQUY_TRY(const auto history, pipeline.study().history());
  std::vector<CodeStep> steps;
  const auto& options = pipeline.options();
  // Without known values nothing is normalised; the choice of cells can still be told.
  const auto values = pipeline.values();
  double resolution = options.resolution;
  std::string batch;
  for (const auto& state : history) {
    if (const auto slot = state.slots.find("resolution"); slot != state.slots.end())
      resolution = std::strtod(slot->second.c_str(), nullptr);
    const auto corrected = state.slots.find("batch");
    batch = corrected == state.slots.end() ? std::string() : corrected->second;
    const bool named = names_cells(state.tool);
    const bool by_limits = state.tool == "filter_cells", doublets = state.tool == "find_doublets";
    if (!by_limits && !doublets && state.tool != "subset" && !named) continue;
    const bool by_clusters = !by_limits && !doublets && chooses_by_clusters(state.arguments);
    if (by_clusters && values) {
      steps.push_back(normalize_step(*values, options));
      steps.push_back(cluster_step(options, batch, resolution, pipeline.context().seed));
    }
    CodeStep step = named       ? name_step(state.arguments)
                    : by_limits ? filter_step(state.arguments)
                    : doublets  ? doublet_step(state.arguments)
                                : subset_step(state.arguments);
    step.tool = state.tool;
    step.arguments = state.arguments;
    step.summary = state.summary;
    // Clusters of a subset start from its counts again.
    if (by_clusters && values == Values::counts)
      step.scanpy += "adata.X = adata.layers[\"counts\"].copy()\n";
    steps.push_back(std::move(step));
  }
  if (needs == Needs::cells || !values) return steps;
  steps.push_back(normalize_step(*values, options));
  if (needs == Needs::normalized) return steps;
  steps.push_back(cluster_step(options, pipeline.batch_field(), pipeline.resolution(),
                               pipeline.context().seed));
  if (needs == Needs::layout) steps.push_back(layout_step(options, pipeline.batch_field()));
  return steps;
}

EquivalentCode doublet_code(const json& arguments) {
  const std::string by = arguments.value("by", std::string());
  const bool remove = arguments.value("remove", false);
  const double expected = arguments.value("expected_percent", 0.0) / 100;
  EquivalentCode code;
  code.scanpy = "import scanpy as sc\nsc.pp.scrublet(adata";
  if (!by.empty()) code.scanpy += ", batch_key=" + literal(by);
  if (expected > 0) code.scanpy += ", expected_doublet_rate=" + plain_number(expected);
  code.scanpy += remove
                     ? ")\nadata = adata[~adata.obs[\"predicted_doublet\"].astype(bool)].copy()\n"
                     : ")\nprint(adata.obs[\"predicted_doublet\"].value_counts())\n";
  code.seurat = "library(scDblFinder)\nsce <- scDblFinder(as.SingleCellExperiment(object)";
  if (!by.empty()) code.seurat += ", samples = " + literal(by);
  if (expected > 0) code.seurat += ", dbr = " + plain_number(expected);
  code.seurat += ")\nobject$doublet <- sce$scDblFinder.class\n";
  code.seurat += remove ? "object <- object[, object$doublet == \"singlet\"]\n"
                        : "print(table(object$doublet))\n";
  return code;
}

EquivalentCode whole_code(Pipeline& pipeline, Needs needs, const EquivalentCode& last) {
  const auto source = code_source(pipeline);
  auto steps = code_steps(pipeline, needs);
  if (!source || !steps) return {};
  CodeStep own;
  own.scanpy = last.scanpy;
  own.seurat = last.seurat;
  steps->push_back(std::move(own));
  return {exports::scanpy_script(*source, *steps, Language::english),
          exports::seurat_script(*source, *steps, Language::english)};
}

}  // namespace celloquy::tools
