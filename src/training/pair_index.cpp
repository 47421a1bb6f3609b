#include "training/pair_index.hpp"

#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

namespace celloquy::training {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Numbers for names, in the order of first appearance.
class Codes {
 public:
  std::int32_t operator[](const std::string& name) {
    return codes_.try_emplace(name, static_cast<std::int32_t>(codes_.size())).first->second;
  }
  std::size_t size() const { return codes_.size(); }

 private:
  std::unordered_map<std::string, std::int32_t> codes_;
};

struct KeyHash {
  std::size_t operator()(const TextKey& key) const { return key[0]; }
};

TextKey key_of(const std::string& text) { return Hasher().text(text).words(); }

/// The string under `field`, or null when it is missing or something else.
const std::string* string_in(const json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end()) return nullptr;
  return found->get_ptr<const json::string_t*>();
}

std::string lower_case(std::string text) {
  for (char& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

class IndexReader {
 public:
  IndexReader(const fs::path& folder, std::size_t n_genes)
      : pairs_path_(folder / "pairs.jsonl"),
        sources_path_(folder / "sources.jsonl"),
        n_genes_(n_genes) {}

  Expected<PairIndex> read(Hasher& hasher, const Context& context) {
    Hasher sources_hasher;
    CELLOQUY_CHECK(for_each_json_line(
        sources_path_, &sources_hasher,
        [&](std::uint64_t line, const json& object) { return add_source(line, object); }));
    out_.sources_hash = sources_hasher.hex();
    hasher.text(out_.sources_hash);
    CELLOQUY_CHECK(for_each_json_line(pairs_path_, &hasher,
                                      [&](std::uint64_t line, const json& object) -> Status {
                                        if (line % 1024 == 0 && context.cancelled())
                                          return cancelled_error();
                                        return add_pair(line, object);
                                      }));
    return std::move(out_);
  }

 private:
  Status add_source(std::uint64_t line, const json& object) {
    Source source;
    for (const auto& [field, to] :
         {std::pair{"source", &source.name}, {"licence", &source.licence}}) {
      const auto* text = string_in(object, field);
      if (!text) return refuse_field(sources_path_, line, field);
      *to = *text;
    }
    const auto *species = string_in(object, "species"), *platform = string_in(object, "platform");
    if (!species || (*species != "human" && *species != "mouse"))
      return refuse_field(sources_path_, line, "species");
    if (!platform) return refuse_field(sources_path_, line, "platform");
    source.mouse = *species == "mouse";
    source.platform = platform_codes_[*platform];
    if (platform_codes_.size() > out_.platforms.size()) out_.platforms.push_back(*platform);
    const auto missing = object.find("not_measured");
    if (missing == object.end() || !missing->is_array())
      return refuse_field(sources_path_, line, "not_measured");
    source.missing.assign((n_genes_ + 63) / 64, 0);
    for (const auto& gene : *missing) {
      if (!gene.is_number_unsigned() || gene.get<std::uint64_t>() >= n_genes_)
        return unusable_line(sources_path_, line, message("training.reason.gene"));
      const auto index = gene.get<std::uint64_t>();
      source.missing[index / 64] |= std::uint64_t{1} << (index % 64);
    }
    if (!source_rows_.emplace(source.name, out_.sources.size()).second)
      return unusable_line(sources_path_, line,
                           message("training.reason.twice", {{"name", source.name}}));
    out_.sources.push_back(std::move(source));
    return {};
  }

  Status add_pair(std::uint64_t line, const json& object) {
    const auto* family = string_in(object, "family");
    if (!family) return unusable_line(pairs_path_, line, message("training.reason.no_family"));
    Pair pair;
    pair.family = family_codes_[*family];
    if (family_codes_.size() > out_.families.size())
      out_.families.push_back({*family, ends_with(*family, "_profiles")});
    if (out_.families[static_cast<std::size_t>(pair.family)].profiles) {
      const auto* source = string_in(object, "source");
      if (!source) return refuse_field(pairs_path_, line, "source");
      const auto found = source_rows_.find(*source);
      if (found == source_rows_.end())
        return unusable_line(pairs_path_, line,
                             message("training.reason.no_source", {{"source", *source}}));
      pair.source = static_cast<std::int32_t>(found->second);
    }
    if (const auto* cell_type = string_in(object, "cell_type"))
      pair.cell_type = cell_type_codes_[*cell_type];
    CELLOQUY_CHECK(add_texts(line, object, pair));
    const auto* label = string_in(object, "label");
    pair.label = label_codes_[lower_case(label ? *label : first_text_)];
    out_.pairs.push_back(pair);
    return {};
  }

  Status add_texts(std::uint64_t line, const json& object, Pair& pair) {
    const auto texts = object.find("texts");
    if (texts == object.end() || !texts->is_array() || texts->empty())
      return unusable_line(pairs_path_, line, message("training.reason.no_texts"));
    pair.first_text = out_.texts.size();
    for (const auto& entry : *texts) {
      const auto* text = entry.is_object() ? string_in(entry, "text") : nullptr;
      if (!text || text->empty())
        return unusable_line(pairs_path_, line, message("training.reason.no_texts"));
      if (out_.texts.size() == pair.first_text) first_text_ = *text;
      const auto* language = string_in(entry, "language");
      const std::string name = language ? *language : "en";
      const std::int32_t code = language_codes_[name];
      if (language_codes_.size() > out_.languages.size()) out_.languages.push_back(name);
      const auto [row, is_new] =
          text_rows_.try_emplace(key_of(*text), static_cast<std::uint32_t>(out_.text_keys.size()));
      if (is_new) out_.text_keys.push_back(row->first);
      out_.texts.push_back({row->second, code});
    }
    pair.last_text = out_.texts.size();
    return {};
  }

  static tl::unexpected<Error> refuse_field(const fs::path& path, std::uint64_t line,
                                            const char* field) {
    return unusable_line(path, line, message("training.reason.field", {{"field", field}}));
  }

  fs::path pairs_path_, sources_path_;
  std::size_t n_genes_;
  PairIndex out_;
  Codes family_codes_, platform_codes_, language_codes_, label_codes_, cell_type_codes_;
  std::unordered_map<std::string, std::size_t> source_rows_;
  std::unordered_map<TextKey, std::uint32_t, KeyHash> text_rows_;
  std::string first_text_;  // of the pair that is being read
};

}  // namespace

Expected<PairIndex> read_pair_index(const fs::path& folder, std::size_t n_genes, Hasher& hasher,
                                    const Context& context) {
  return IndexReader(folder, n_genes).read(hasher, context);
}

Status visit_texts(const fs::path& folder, const PairIndex& index,
                   const std::function<Status(std::uint32_t, const std::string&)>& visit) {
  const auto path = folder / "pairs.jsonl";
  std::size_t at = 0;        // of index.texts
  std::uint32_t unseen = 0;  // the first row of text_keys that was not visited yet
  const auto changed = [&] {
    return failure(ErrorCode::unusable_input, "training.changed", {{"path", path.string()}});
  };
  const auto visit_line = [&](std::uint64_t, const json& object) -> Status {
    const auto texts = object.find("texts");
    if (texts == object.end() || !texts->is_array()) return changed();
    for (const auto& entry : *texts) {
      const auto* text = entry.is_object() ? string_in(entry, "text") : nullptr;
      if (!text || at == index.texts.size()) return changed();
      const std::uint32_t row = index.texts[at++].text;
      if (row != unseen) continue;
      if (key_of(*text) != index.text_keys[row]) return changed();
      CELLOQUY_CHECK(visit(row, *text));
      ++unseen;
    }
    return {};
  };
  CELLOQUY_CHECK(for_each_json_line(path, nullptr, visit_line));
  if (unseen != index.text_keys.size()) return changed();
  return {};
}

}  // namespace celloquy::training
