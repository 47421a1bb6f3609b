// Labels are words and short lists: stored as facts, not arrays.

#include "tools/pipeline/blobs.hpp"

namespace celloquy::tools {

using nlohmann::json;
using workspace::Blob;

namespace {

json text_json(const Text& text) { return {text.en, text.zh}; }
Text text_of(const json& value) { return {value.at(0), value.at(1)}; }

/// JSON has no infinities: they are stored as null and read as zero.
double number_of(const json& value) { return value.is_number() ? value.get<double>() : 0.0; }

json candidate_json(const annotate::Candidate& c) {
  return {
      {"id", c.id}, {"label", text_json(c.label)}, {"score", c.score}, {"n_markers", c.n_markers}};
}
annotate::Candidate candidate_of(const json& value) {
  return {value.at("id"), text_of(value.at("label")), number_of(value.at("score")),
          value.at("n_markers")};
}

json label_json(const annotate::GroupLabel& label) {
  json candidates = json::array(), evidence = json::array();
  for (const auto& candidate : label.candidates) candidates.push_back(candidate_json(candidate));
  for (const auto& e : label.evidence)
    evidence.push_back(
        {e.gene, e.contribution, e.mean, e.fraction, e.mean_elsewhere, e.sources, e.marker});
  json out = {{"known", label.known},
              {"id", label.id},
              {"label", text_json(label.label)},
              {"score", label.score},
              {"confidence", label.confidence},
              {"candidates", candidates},
              {"evidence", evidence},
              {"reason", text_json(label.reason)}};
  if (label.alternative) out["alternative"] = candidate_json(*label.alternative);
  return out;
}

annotate::GroupLabel label_of(const json& value) {
  annotate::GroupLabel label;
  label.known = value.at("known");
  label.id = value.at("id");
  label.label = text_of(value.at("label"));
  label.score = number_of(value.at("score"));
  label.confidence = number_of(value.at("confidence"));
  for (const auto& candidate : value.at("candidates"))
    label.candidates.push_back(candidate_of(candidate));
  for (const auto& e : value.at("evidence"))
    label.evidence.push_back({e.at(0), number_of(e.at(1)), static_cast<float>(number_of(e.at(2))),
                              static_cast<float>(number_of(e.at(3))),
                              static_cast<float>(number_of(e.at(4))), e.at(5), e.at(6)});
  label.reason = text_of(value.at("reason"));
  if (value.contains("alternative")) label.alternative = candidate_of(value.at("alternative"));
  return label;
}

}  // namespace

Blob to_blob(const annotate::Result& result) {
  Blob blob;
  json groups = json::array(), caveats = json::array();
  for (const auto& group : result.groups) groups.push_back(label_json(group));
  for (const auto& caveat : result.caveats) caveats.push_back(text_json(caveat));
  blob.facts = {{"groups", std::move(groups)},
                {"caveats", std::move(caveats)},
                {"n_genes_used", result.n_genes_used},
                {"own_mean_share", result.own_mean_share}};
  return blob;
}

bool from_blob(const Blob& blob, annotate::Result& result) {
  // nlohmann throws where the shape is another; such a blob is made anew.
  try {
    for (const auto& group : blob.facts.at("groups")) result.groups.push_back(label_of(group));
    for (const auto& caveat : blob.facts.at("caveats")) result.caveats.push_back(text_of(caveat));
    result.n_genes_used = blob.facts.at("n_genes_used");
    result.own_mean_share = number_of(blob.facts.at("own_mean_share"));
  } catch (const json::exception&) {
    result = {};
    return false;
  }
  return true;
}

}  // namespace celloquy::tools
