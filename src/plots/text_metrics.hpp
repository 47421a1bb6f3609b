#pragma once
// How much room a text takes, without a font library.

#include <string>
#include <string_view>
#include <vector>

namespace celloquy::plots {

/// Width in pixels. Advance widths of DejaVu Sans, the widest of the common
/// sans-serif fonts, so that nothing overlaps with any of them; ideographs and
/// other wide characters count as 1 em.
double text_width(std::string_view utf8, double font_size);

/// Cuts to `most` pixels with "…" at the end where needed.
std::string shortened(std::string_view utf8, double font_size, double most);

/// Lines of at most `most` pixels, broken at spaces or between ideographs.
std::vector<std::string> wrapped(std::string_view utf8, double font_size, double most);

}  // namespace celloquy::plots
