#include "io/h5ad_frame.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace celloquy::io {
namespace {

using hdf5::Datatype;
using hdf5::File;
using hdf5::undefined_address;

/// One text of a dataset's or compound member's bytes.
std::string text_at(const File& file, const Datatype& type, const std::uint8_t* at) {
  if (type.type_class == Datatype::Class::string) {
    const auto* begin = reinterpret_cast<const char*>(at);
    const auto* end = std::find(begin, begin + type.size, '\0');
    return {begin, end};
  }
  if (type.size != 16) hdf5::damaged("datatype");
  return file.heap_text(at);
}

struct FrameReader {
  const File& file;
  std::uint64_t object;
  const std::string& path;
  std::size_t rows;
  std::vector<Text>& notes;

  std::uint64_t child(std::string_view name) const { return file.find(name, object); }

  std::string index_name() const {
    auto name = file.text_attribute(object, "_index");
    if (!name.empty() && child(name) != undefined_address) return name;
    for (const char* usual : {"_index", "index"})
      if (child(usual) != undefined_address) return usual;
    return {};
  }

  std::vector<std::string> column_order(const std::string& index) const {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
      if (name != index && name != "__categories" &&
          std::find(names.begin(), names.end(), name) == names.end() &&
          child(name) != undefined_address)
        names.push_back(name);
    };
    if (const auto* order = file.attribute(object, "column-order"); order && order->type.is_text())
      for (std::size_t i = 0; (i + 1) * order->type.size <= order->data.size(); ++i)
        add(text_at(file, order->type, order->data.data() + i * order->type.size));
    for (const auto& link : file.links(object)) add(link.name);
    return names;
  }

  /// Codes as -1 or a valid category.
  static std::vector<std::int32_t> checked_codes(const std::vector<std::int64_t>& codes,
                                                 std::size_t categories, const std::string& where) {
    std::vector<std::int32_t> out(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] >= static_cast<std::int64_t>(categories))
        refuse("io.codes_out_of_range", {{"where", where}});
      out[i] = codes[i] < 0 ? -1 : static_cast<std::int32_t>(codes[i]);
    }
    return out;
  }

  /// Categories may be texts, numbers or booleans; all become texts.
  std::vector<std::string> categories_at(std::uint64_t at, const std::string& where) const {
    if (!file.is_dataset(at)) {  // nullable-string-array
      const auto values = file.find("values", at);
      if (values == undefined_address || !file.is_dataset(values))
        refuse("io.part_missing", {{"where", where}});
      at = values;
    }
    const auto dataset = file.dataset(at, where);
    if (dataset.type.is_text()) return read_texts(file, dataset);
    const Column column = plain_column(dataset);
    std::vector<std::string> out(length(column));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = value_text(column, i);
    return out;
  }

  Column plain_column(const hdf5::Dataset& dataset) const {
    if (dataset.type.is_text()) return read_texts(file, dataset);
    if (dataset.type.is_boolean()) {
      NullableBoolean out;
      const bool reversed = dataset.type.names[0] == "TRUE";
      for (const auto value : hdf5::read_integers(file, dataset))
        out.values.push_back((value != 0) != reversed);
      return out;
    }
    const auto kind = hdf5::number_kind(dataset);
    if (kind == NumberKind::f32 || kind == NumberKind::f64) return hdf5::read_reals(file, dataset);
    return NullableInteger{hdf5::read_integers(file, dataset), {}};
  }

  std::vector<std::uint8_t> mask_at(std::uint64_t group, const std::string& where) const {
    const auto mask = file.find("mask", group);
    if (mask == undefined_address || !file.is_dataset(mask)) return {};
    std::vector<std::uint8_t> out;
    bool any = false;
    for (const auto value : hdf5::read_integers(file, file.dataset(mask, where + "/mask"))) {
      out.push_back(value != 0);
      any |= value != 0;
    }
    if (!any) out.clear();
    return out;
  }

  /// A column that is a group: categorical or nullable.
  Column group_column(std::uint64_t at, const std::string& where) const {
    const auto codes = file.find("codes", at), categories = file.find("categories", at);
    if (codes != undefined_address && categories != undefined_address && file.is_dataset(codes)) {
      Categorical out;
      out.categories = categories_at(categories, where + "/categories");
      out.codes = checked_codes(hdf5::read_integers(file, file.dataset(codes, where + "/codes")),
                                out.categories.size(), where);
      if (const auto* ordered = file.attribute(at, "ordered"))
        out.ordered = !ordered->data.empty() && ordered->data[0] != 0;
      return out;
    }
    const auto values = file.find("values", at);
    if (values == undefined_address || !file.is_dataset(values))
      refuse("io.column_unknown",
             {{"where", where}, {"encoding", file.text_attribute(at, "encoding-type")}});
    auto column = plain_column(file.dataset(values, where + "/values"));
    const auto mask = mask_at(at, where);
    if (mask.empty()) return column;
    if (mask.size() != length(column))
      refuse("io.column_length",
             {{"where", where}, {"found", mask.size()}, {"expected", length(column)}});
    if (auto* integers = std::get_if<NullableInteger>(&column)) integers->missing = mask;
    if (auto* flags = std::get_if<NullableBoolean>(&column)) flags->missing = mask;
    if (auto* texts = std::get_if<std::vector<std::string>>(&column))
      for (std::size_t i = 0; i < mask.size(); ++i)
        if (mask[i]) (*texts)[i].clear();
    if (auto* reals = std::get_if<std::vector<double>>(&column))
      for (std::size_t i = 0; i < mask.size(); ++i)
        if (mask[i]) (*reals)[i] = NAN;
    return column;
  }

  Column column_at(const std::string& name) const {
    const auto at = child(name);
    const auto where = path + "/" + name;
    if (!file.is_dataset(at)) return group_column(at, where);
    const auto dataset = file.dataset(at, where);
    if (dataset.space.shape.size() != 1)
      refuse("io.wrong_dimensions", {{"where", where}, {"expected", 1}});
    // anndata 0.7: integer codes here, the categories in a group beside.
    const auto beside = child("__categories/" + name);
    if (beside != undefined_address && file.is_dataset(beside) && !dataset.type.is_text()) {
      Categorical out;
      out.categories = categories_at(beside, path + "/__categories/" + name);
      out.codes = checked_codes(hdf5::read_integers(file, dataset), out.categories.size(), where);
      if (const auto* ordered = file.attribute(beside, "ordered"))
        out.ordered = !ordered->data.empty() && ordered->data[0] != 0;
      return out;
    }
    return plain_column(dataset);
  }

  /// Reads a column, or says why it is left out.
  void add_column(DataFrame& frame, const std::string& name, const auto& read) const {
    try {
      Column column = read();
      if (length(column) != frame.index.size())
        refuse("io.column_length", {{"where", path + "/" + name},
                                    {"found", length(column)},
                                    {"expected", frame.index.size()}});
      frame.columns.emplace_back(name, std::move(column));
    } catch (const Refusal& refusal) {
      notes.push_back(message("io.note.column_skipped",
                              {{"where", path + "/" + name}, {"reason", refusal.error.message}}));
    }
  }

  std::vector<std::string> as_texts(const Column& column) const {
    std::vector<std::string> out(length(column));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = value_text(column, i);
    return out;
  }

  DataFrame from_group() const {
    const auto index = index_name();
    if (index.empty()) refuse("io.no_index", {{"where", path}});
    DataFrame frame;
    frame.index = as_texts(column_at(index));
    check_rows(frame);
    for (const auto& name : column_order(index))
      add_column(frame, name, [&] { return column_at(name); });
    return frame;
  }

  void check_rows(const DataFrame& frame) const {
    if (rows != SIZE_MAX && frame.index.size() != rows)
      refuse("io.rows_differ",
             {{"where", path}, {"found", frame.index.size()}, {"expected", rows}});
  }

  /// A member of a compound dataset as a column.
  Column member_column(const Datatype::Member& member, const std::vector<std::uint8_t>& raw,
                       std::size_t stride, const std::string& where) const {
    const std::size_t count = raw.size() / stride;
    const auto& type = *member.type;
    if (type.is_text()) {
      std::vector<std::string> out(count);
      for (std::size_t i = 0; i < count; ++i)
        out[i] = text_at(file, type, raw.data() + i * stride + member.offset);
      return out;
    }
    hdf5::Dataset packed;
    packed.path = where;
    packed.type = type;
    packed.space.shape = {count};
    packed.layout.kind = hdf5::Layout::Kind::compact;
    for (std::size_t i = 0; i < count; ++i) {
      const auto* from = raw.data() + i * stride + member.offset;
      packed.layout.compact.insert(packed.layout.compact.end(), from, from + type.size);
    }
    return plain_column(packed);
  }

  /// anndata before 0.7: one compound dataset; categories lie in uns.
  DataFrame from_compound() const {
    const auto dataset = file.dataset(object, path);
    if (dataset.type.type_class != Datatype::Class::compound || dataset.type.members.empty() ||
        dataset.space.shape.size() != 1)
      refuse("io.no_index", {{"where", path}});
    const auto raw = hdf5::read_all(file, dataset);
    std::size_t index = 0;
    for (std::size_t m = 0; m < dataset.type.members.size(); ++m)
      if (dataset.type.members[m].name == "index" || dataset.type.members[m].name == "_index")
        index = m;
    DataFrame frame;
    frame.index =
        as_texts(member_column(dataset.type.members[index], raw, dataset.type.size, path));
    check_rows(frame);
    for (std::size_t m = 0; m < dataset.type.members.size(); ++m) {
      if (m == index) continue;
      const auto& member = dataset.type.members[m];
      add_column(frame, member.name, [&]() -> Column {
        auto column = member_column(member, raw, dataset.type.size, path + "/" + member.name);
        const auto categories = file.find("uns/" + member.name + "_categories");
        const auto* codes = std::get_if<NullableInteger>(&column);
        if (!codes || categories == undefined_address || !file.is_dataset(categories))
          return column;
        Categorical out;
        out.categories = categories_at(categories, "uns/" + member.name + "_categories");
        out.codes = checked_codes(codes->values, out.categories.size(), path + "/" + member.name);
        return out;
      });
    }
    return frame;
  }
};

}  // namespace

std::vector<std::string> read_texts(const File& file, const hdf5::Dataset& dataset) {
  const auto most = (std::uint64_t{1} << 58) / sizeof(std::string);
  require_memory(std::min(dataset.space.elements(), most) * sizeof(std::string),
                 file.input().path());
  const auto raw = hdf5::read_all(file, dataset);
  const std::size_t size = dataset.type.size;
  std::vector<std::string> out(raw.size() / size);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = text_at(file, dataset.type, raw.data() + i * size);
  return out;
}

DataFrame read_frame(const File& file, std::uint64_t object, const std::string& path,
                     std::size_t rows, std::vector<Text>& notes) {
  const FrameReader reader{file, object, path, rows, notes};
  return file.is_dataset(object) ? reader.from_compound() : reader.from_group();
}

}  // namespace celloquy::io
