#include "training/options.hpp"

#include <nlohmann/json.hpp>

namespace celloquy::training {
namespace {

nlohmann::json to_json(const AugmentationOptions& a) {
  return {{"least_depth", a.least_depth}, {"most_depth", a.most_depth},
          {"whole_share", a.whole_share}, {"mixed_share", a.mixed_share},
          {"gene_noise", a.gene_noise},   {"largest_dropout", a.largest_dropout},
          {"set_noise", a.set_noise},     {"text_noise", a.text_noise}};
}

nlohmann::json to_json(const OptimizerOptions& o) {
  return {{"matrix_rate", o.matrix_rate},
          {"network_rate", o.network_rate},
          {"temperature_rate", o.temperature_rate},
          {"weight_decay", o.weight_decay},
          {"first_moment", o.first_moment},
          {"second_moment", o.second_moment},
          {"epsilon", o.epsilon},
          {"warm_up", o.warm_up}};
}

}  // namespace

double Options::family_weight(const std::string& family) const {
  for (const auto& entry : families)
    if (entry.family == family) return entry.weight;
  return 0.3;
}

nlohmann::json to_json(const Options& o) {
  nlohmann::json families = nlohmann::json::object();
  for (const auto& entry : o.families) families[entry.family] = entry.weight;
  return {{"steps", o.steps},
          {"profiles", o.profiles},
          {"gene_sets", o.gene_sets},
          {"genes", o.genes},
          {"dimension", o.dimension},
          {"hidden", o.hidden},
          {"temperature", o.temperature},
          {"same_weight", o.same_weight},
          {"alike_weight", o.alike_weight},
          {"alike_cosine", o.alike_cosine},
          {"ridge", o.ridge},
          {"languages", o.languages},
          {"leave_out", o.leave_out},
          {"families", families},
          {"augmentation", to_json(o.augmentation)},
          {"optimizer", to_json(o.optimizer)},
          {"seed", o.seed}};
}

Status check(const Options& o) {
  const auto wrong = [](const char* option) {
    return failure(ErrorCode::usage, "training.option", {{"option", option}});
  };
  const auto share = [](double x) { return x >= 0 && x <= 1; };
  const AugmentationOptions& a = o.augmentation;
  if (o.steps == 0 || o.steps > 100'000'000) return wrong("steps");
  if (o.profiles + o.gene_sets < 2 || o.profiles > 65536) return wrong("profiles");
  if (o.gene_sets > 65536) return wrong("gene_sets");
  if (o.genes == 0) return wrong("genes");
  if (o.dimension == 0 || o.dimension > 4096) return wrong("dimension");
  if (o.hidden == 0 || o.hidden > 65536) return wrong("hidden");
  if (!(o.temperature > 0 && o.temperature <= 100)) return wrong("temperature");
  if (!(o.ridge > 0)) return wrong("ridge");
  if (o.languages.empty()) return wrong("languages");
  if (!(a.least_depth >= 1 && a.least_depth < a.most_depth && a.most_depth <= 8))
    return wrong("depth");
  if (!share(a.whole_share) || !share(a.mixed_share) || !share(a.largest_dropout))
    return wrong("augmentation");
  for (const auto& entry : o.families)
    if (!(entry.weight >= 0)) return wrong("families");
  return {};
}

}  // namespace celloquy::training
