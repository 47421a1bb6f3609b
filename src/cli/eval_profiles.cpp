// celloquy eval profiles, gene-sets, bulk: what needs the pairs that the pool is made of.

#include <fmt/format.h>

#include "cli/eval.hpp"
#include "training/evaluation/bulk.hpp"
#include "training/evaluation/gene_sets.hpp"
#include "training/evaluation/profile_scorer.hpp"
#include "training/evaluation/profiles.hpp"

namespace celloquy::cli {
namespace {

struct OpenPairs {
  std::filesystem::path folder;
  training::PairsFolder pairs;
  training::TextFeatures features;
};

Expected<OpenPairs> open_pairs(const EvalCommand& command, const training::PoolOptions& pool,
                               const Context& context) {
  const std::filesystem::path folder = command.pairs;
  CELLOQUY_TRY(auto pairs, training::PairsFolder::open(folder, context));
  CELLOQUY_TRY(auto encoder, language::open_text_encoder(language::EncoderKind::mini_lm));
  CELLOQUY_TRY(auto features, training::TextFeatures::prepare(
                                  pairs, training::texts_in(pairs, pool.language), *encoder,
                                  folder / "features" / "mini_lm.features", context));
  return OpenPairs{folder, std::move(pairs), std::move(features)};
}

EvalReport table_of(const char* name, const training::ProfileMeasures& measures) {
  EvalReport report{name, "| measure | mean | 95 % interval | n |\n|---|---|---|---|\n",
                    nlohmann::json::object()};
  for (const auto& [measure, m] : measures) {
    report.data[measure] = to_json(m);
    report.markdown += fmt::format("| {} | {:.3f} | {:.3f} to {:.3f} | {} |\n", measure, m.mean,
                                   m.low, m.high, m.n);
  }
  return report;
}

/// Measures by route, side by side.
EvalReport table_of_routes(const char* name, const training::ProfileMeasures& measures) {
  const std::string routes[] = {training::pool_route, training::towers_route, training::fused_route,
                                training::difference_route};
  EvalReport report{name, "| measure | n |", nlohmann::json::object()};
  for (const auto& route : routes) report.markdown += fmt::format(" {} |", route);
  report.markdown += "\n|---|---|---|---|---|---|\n";
  const std::string first = training::route_mark + routes[0];
  for (const auto& [key, pool] : measures) {
    if (!key.ends_with(first)) continue;
    const auto measure = key.substr(0, key.size() - first.size());
    report.markdown += fmt::format("| {} | {} |", measure, pool.n);
    for (const auto& route : routes) {
      const auto& value = measures.at(measure + training::route_mark + route);
      report.data[measure][route] = to_json(value);
      report.markdown += fmt::format(" {} |", shown(value));
    }
    report.markdown += "\n";
  }
  return report;
}

}  // namespace

Expected<EvalReport> eval_profiles(const EvalCommand& command, const Context& context) {
  training::ProfileOptions options;
  options.towers.assign(command.towers.begin(), command.towers.end());
  CELLOQUY_TRY(const auto studies, training::read_studies(command.studies));
  CELLOQUY_TRY(const auto open, open_pairs(command, options.pool, context));
  CELLOQUY_TRY(const auto measured,
               training::evaluate_profiles(open.pairs, open.folder, open.features, studies, options,
                                           context));
  return options.towers.empty() ? table_of("profiles", measured)
                                : table_of_routes("profiles", measured);
}

Expected<EvalReport> eval_gene_sets(const EvalCommand& command, const Context& context) {
  const training::GeneSetOptions options;
  CELLOQUY_TRY(const auto open, open_pairs(command, options.pool, context));
  CELLOQUY_TRY(const auto measured, training::evaluate_gene_sets(open.pairs, open.folder,
                                                                 open.features, options, context));
  return table_of("gene sets", measured);
}

Expected<EvalReport> eval_bulk(const EvalCommand& command, const Context& context) {
  const training::PoolOptions options;
  CELLOQUY_TRY(const auto tasks, training::read_bulk_tasks(command.bulk));
  CELLOQUY_TRY(const auto open, open_pairs(command, options, context));
  EvalReport report{"bulk",
                    "| samples | n | texts | most frequent | top-1 | balanced | AUROC |\n"
                    "|---|---|---|---|---|---|---|\n",
                    nlohmann::json::array()};
  for (const auto& task : tasks) {
    context.report("bulk sets",
                   static_cast<double>(report.data.size()) / static_cast<double>(tasks.size()));
    CELLOQUY_TRY(const auto m,
                 training::evaluate_bulk(task, command.folder, open.pairs, open.folder,
                                         open.features, options, context));
    report.data.push_back({{"name", task.name},
                           {"samples", m.n_samples},
                           {"texts", m.n_texts},
                           {"most_frequent", m.chance},
                           {"top1", m.top1},
                           {"balanced", m.balanced},
                           {"auroc", to_json(m.auroc)}});
    report.markdown +=
        fmt::format("| {} | {} | {} | {:.3f} | {:.3f} | {:.3f} | {} |\n", task.name, m.n_samples,
                    m.n_texts, m.chance, m.top1, m.balanced, shown(m.auroc));
  }
  return report;
}

}  // namespace celloquy::cli
