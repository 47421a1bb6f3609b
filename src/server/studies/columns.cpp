#include "server/studies/columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "server/studies/event_hub.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

struct Range {
  float low = std::numeric_limits<float>::infinity(), high = -low;
  void take(float value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return !(low <= high); }
};

/// The greatest code is "missing", the one below the highest value.
template <class Code>
Code step_of(float value, const Range& range) {
  constexpr Code missing = std::numeric_limits<Code>::max();
  constexpr float steps = missing - 1;
  if (!std::isfinite(value)) return missing;
  if (range.high <= range.low) return 0;
  // Both are positive, so adding a half rounds; lround() would take most of the time.
  return static_cast<Code>((value - range.low) / (range.high - range.low) * steps + 0.5f);
}

template <class Code>
std::vector<Code> steps_of(std::span<const float> values, const std::vector<Range>& ranges) {
  std::vector<Code> out(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    out[i] = step_of<Code>(values[i], ranges[i % ranges.size()]);
  return out;
}

json bound(const Range& range, float value) { return range.empty() ? json() : json(value); }

}  // namespace

void ColumnWriter::bytes(std::string_view name, std::string_view type, std::size_t length,
                         const void* data, std::size_t size) {
  header_["arrays"].push_back(
      {{"name", name}, {"type", type}, {"length", length}, {"offset", data_.size()}});
  data_.append(static_cast<const char*>(data), size);
  data_.resize((data_.size() + 7) / 8 * 8, '\0');
}

void ColumnWriter::add(std::string_view name, std::span<const float> values) {
  bytes(name, "f32", values.size(), values.data(), values.size_bytes());
}
void ColumnWriter::add(std::string_view name, std::span<const std::uint8_t> values) {
  bytes(name, "u8", values.size(), values.data(), values.size_bytes());
}
void ColumnWriter::add(std::string_view name, std::span<const std::uint16_t> values) {
  bytes(name, "u16", values.size(), values.data(), values.size_bytes());
}
void ColumnWriter::add(std::string_view name, std::span<const std::uint32_t> values) {
  bytes(name, "u32", values.size(), values.data(), values.size_bytes());
}

std::string ColumnWriter::finish() {
  std::string header = dump(header_);
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const auto size = static_cast<std::uint32_t>(header.size());
  std::string out = "CLQC";
  out.reserve(8 + header.size() + data_.size());
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(size >> shift & 255);
  return out.append(header).append(data_);
}

std::string number_column(json header, std::span<const float> values, Precision precision) {
  Range range;
  std::size_t n_missing = 0, n_positive = 0;
  for (const float value : values) {
    range.take(value);
    n_missing += !std::isfinite(value);
    n_positive += value > 0;
  }
  header["kind"] = "number";
  header["low"] = bound(range, range.low);
  header["high"] = bound(range, range.high);
  header["n_missing"] = n_missing;
  header["n_positive"] = n_positive;
  if (!header.contains("centred")) header["centred"] = !range.empty() && range.low < 0;
  ColumnWriter writer(std::move(header));
  if (precision == Precision::full)
    writer.add("values", values);
  else if (precision == Precision::half)
    writer.add("values", std::span<const std::uint16_t>(steps_of<std::uint16_t>(values, {range})));
  else
    writer.add("values", std::span<const std::uint8_t>(steps_of<std::uint8_t>(values, {range})));
  return writer.finish();
}

std::string embedding_column(json header, std::span<const float> values, std::size_t dimensions,
                             Precision precision) {
  std::vector<Range> ranges(dimensions);
  for (std::size_t i = 0; i < values.size(); ++i) ranges[i % dimensions].take(values[i]);
  header["kind"] = "embedding";
  header["dimensions"] = dimensions;
  header["low"] = json::array();
  header["high"] = json::array();
  for (const auto& range : ranges) {
    header["low"].push_back(bound(range, range.low));
    header["high"].push_back(bound(range, range.high));
  }
  ColumnWriter writer(std::move(header));
  if (precision == Precision::full) {
    writer.add("values", values);
  } else {
    // 255 places along an axis are too few for a map.
    writer.add("values", std::span<const std::uint16_t>(steps_of<std::uint16_t>(values, ranges)));
  }
  return writer.finish();
}

std::string categorical_column(json header, const std::vector<std::int32_t>& codes,
                               const std::vector<std::string>& names) {
  std::vector<std::size_t> sizes(names.size(), 0);
  std::size_t n_missing = 0;
  for (const auto code : codes) code >= 0 ? ++sizes[static_cast<std::size_t>(code)] : ++n_missing;
  header["kind"] = "categorical";
  header["n_missing"] = n_missing;
  header["categories"] = json::array();
  for (std::size_t i = 0; i < names.size(); ++i)
    header["categories"].push_back({{"name", names[i]}, {"n_cells", sizes[i]}});
  const bool narrow = names.size() <= 255;
  header["missing"] = narrow ? 255 : 65535;
  ColumnWriter writer(std::move(header));
  if (narrow) {
    std::vector<std::uint8_t> small(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i)
      small[i] = static_cast<std::uint8_t>(codes[i] < 0 ? 255 : codes[i]);
    writer.add("values", std::span<const std::uint8_t>(small));
  } else {
    std::vector<std::uint16_t> small(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i)
      small[i] = static_cast<std::uint16_t>(codes[i] < 0 ? 65535 : codes[i]);
    writer.add("values", std::span<const std::uint16_t>(small));
  }
  return writer.finish();
}

}  // namespace celloquy::server
