#include <nlohmann/json.hpp>
#include <string_view>

#include "plots/plots.hpp"

namespace celloquy::plots {
namespace {

using nlohmann::json;

/// Never words: the grammar of the specification, and names that stay as they are.
bool fixed(std::string_view key) {
  constexpr std::string_view keys[] = {"$schema", "field", "type", "mark",   "format",     "range",
                                       "config",  "gene",  "cell", "orient", "interpolate"};
  for (const auto known : keys)
    if (key == known) return true;
  return false;
}

void translate(json& value, const json& words) {
  if (value.is_string()) {
    const auto found = words.find(value.get_ref<const std::string&>());
    if (found != words.end()) value = *found;
  } else if (value.is_array()) {
    for (auto& item : value) translate(item, words);
  } else if (value.is_object()) {
    const bool of_genes = value.value("field", json()) == "gene";
    for (auto& [key, item] : value.items()) {
      if (fixed(key) || (of_genes && key == "scale")) continue;
      if (key == "labelExpr" && item.is_string()) {
        // ["name","name"][datum.value]
        const auto text = item.get<std::string>();
        const auto end = text.rfind("[datum.value]");
        json names = json::parse(text.substr(0, end), nullptr, false);
        if (end == std::string::npos || !names.is_array()) continue;
        translate(names, words);
        item = names.dump() + "[datum.value]";
        continue;
      }
      translate(item, words);
    }
  }
}

}  // namespace

json localized(const json& spec, Language language) {
  json out = spec;
  if (!out.is_object()) return out;
  const json meta = out.value("usermeta", json::object());
  out.erase("usermeta");
  const json pointer_words =
      meta.is_object() ? meta.value(json::json_pointer("/celloquy/zh"), json()) : json();
  if (language == Language::chinese && pointer_words.is_object()) translate(out, pointer_words);
  return out;
}

}  // namespace celloquy::plots
