#include "plots/svg_scales.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.hpp"

namespace celloquy::plots::svg {

double Scale::of_number(double value) const {
  const Position& p = *position_;
  const double share = p.logarithmic
                           ? std::log(std::max(value, 1e-300) / p.low) / std::log(p.high / p.low)
                           : (value - p.low) / (p.high - p.low);
  return upwards_ ? length_ * (1 - share) : length_ * share;
}

std::optional<double> Scale::of_category(const std::string& name) const {
  const auto& names = position_->categories;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return (double(found - names.begin()) + 0.5) * step();
}

std::vector<double> nice_ticks(double low, double high, int count) {
  const double rough = (high - low) / std::max(1, count);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double error = rough / power;
  const double step = power * (error >= std::sqrt(50.0)   ? 10
                               : error >= std::sqrt(10.0) ? 5
                               : error >= std::sqrt(2.0)  ? 2
                                                          : 1);
  std::vector<double> ticks;
  const auto first = static_cast<long long>(std::ceil(low / step - 1e-9));
  const auto last = static_cast<long long>(std::floor(high / step + 1e-9));
  for (auto i = first; i <= last && ticks.size() < 1000; ++i) ticks.push_back(double(i) * step);
  return ticks;
}

std::string number_text(double value, const std::string& format, double step) {
  if (value < 0) {  // with a true minus sign
    const std::string positive = number_text(-value, format, step);
    return positive.find_first_of("123456789") == std::string::npos ? positive : "−" + positive;
  }
  char text[64];
  if (format == ".0%" || format == ".1%") {
    std::snprintf(text, sizeof text, "%.*f%%", format == ".0%" ? 0 : 1, value * 100);
    return text;
  }
  if (format == "~s") {
    const double size = std::abs(value);
    const char* unit = size >= 1e9 ? "G" : size >= 1e6 ? "M" : size >= 1e3 ? "k" : "";
    const double scaled = value / (size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : size >= 1e3 ? 1e3 : 1);
    std::snprintf(text, sizeof text, "%.4g%s", scaled, unit);
    return text;
  }
  if (!format.empty()) throw Unsupported{"format " + format};
  const int decimals =
      step > 0 ? std::clamp(-static_cast<int>(std::floor(std::log10(step) + 1e-9)), 0, 12) : 2;
  if (decimals == 0 && std::abs(value) < 1e15) return with_thousands(std::llround(value));
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string color_at(const ColorChannel& color, double value) {
  value = std::clamp(value, color.domain.front(), color.domain.back());
  std::size_t piece = 0;
  while (piece + 2 < color.domain.size() && value > color.domain[piece + 1]) ++piece;
  const double from = color.domain[piece], to = color.domain[piece + 1];
  const double share = to > from ? (value - from) / (to - from) : 0;
  unsigned a[3] = {}, b[3] = {};
  if (std::sscanf(color.range[piece].c_str(), "#%2x%2x%2x", &a[0], &a[1], &a[2]) != 3 ||
      std::sscanf(color.range[piece + 1].c_str(), "#%2x%2x%2x", &b[0], &b[1], &b[2]) != 3)
    throw Unsupported{"color " + color.range[piece]};
  char out[8];
  const auto mix = [&](int i) {
    return static_cast<unsigned>(std::lround(a[i] + (double(b[i]) - double(a[i])) * share)) & 255u;
  };
  std::snprintf(out, sizeof out, "#%02x%02x%02x", mix(0), mix(1), mix(2));
  return out;
}

std::string Canvas::number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  std::string out = text;
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string Canvas::escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;  // XML has no other control characters
    }
  }
  return out;
}

Canvas& Canvas::raw(std::string_view text) {
  out += text;
  return *this;
}

void Canvas::line(double x1, double y1, double x2, double y2, const std::string& attributes) {
  out += "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
         "\" y2=\"" + number(y2) + "\" " + attributes + "/>\n";
}

void Canvas::text(double x, double y, std::string_view words, const TextStyle& style) {
  // The middle of capital letters lies 0.36 em above the baseline in most fonts.
  const double down = style.size * 0.36;
  if (style.angle != 0)
    out += "<text transform=\"translate(" + number(x) + "," + number(y) + ") rotate(" +
           number(style.angle) + ")\" y=\"" + number(down) + "\"";
  else
    out += "<text x=\"" + number(x) + "\" y=\"" + number(y + down) + "\"";
  out += " font-size=\"" + number(style.size) + "\"";
  if (std::string_view(style.anchor) != "start")
    out += std::string(" text-anchor=\"") + style.anchor + "\"";
  if (style.bold) out += " font-weight=\"bold\"";
  if (style.italic) out += " font-style=\"italic\"";
  out += " fill=\"" + escaped(style.color) + "\">" + escaped(words) + "</text>\n";
}

}  // namespace celloquy::plots::svg
