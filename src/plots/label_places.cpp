#include "plots/label_places.hpp"

#include <cmath>

#include "plots/text_metrics.hpp"

namespace celloquy::plots {
namespace {

struct Box {
  double left, top, right, bottom;
  bool overlaps(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

class Placer {
 public:
  Placer(double font_size, double width, double height)
      : font_size_(font_size), width_(width), height_(height) {}

  void keep_free(double x, double y, double radius) {
    taken_.push_back({x - radius, y - radius, x + radius, y + radius});
  }
  bool place(double x, double y, double text_width) {
    const double half = text_width / 2 + 2, up = font_size_ * 0.6;
    const Box box{x - half, y - up, x + half, y + up};
    if (box.left < 0 || box.right > width_ || box.top < 0 || box.bottom > height_) return false;
    for (const auto& other : taken_)
      if (box.overlaps(other)) return false;
    taken_.push_back(box);
    return true;
  }

 private:
  double font_size_, width_, height_;
  std::vector<Box> taken_;
};

}  // namespace

std::vector<std::optional<LabelPlace>> place_labels(const std::vector<LabelRequest>& requests,
                                                    double font_size, double width, double height,
                                                    bool centred, double reach) {
  Placer placer(font_size, width, height);
  if (!centred)
    for (const auto& request : requests) placer.keep_free(request.x, request.y, 3);
  std::vector<std::optional<LabelPlace>> places;
  for (const auto& request : requests) {
    const double room = text_width(request.text, font_size);
    std::optional<LabelPlace> found;
    if (centred && placer.place(request.x, request.y, room)) found = {request.x, request.y, false};
    const double first = centred ? 6 : 4;
    for (double distance = first; !found && distance <= reach; distance += 5) {
      constexpr int directions = 16;
      for (int d = 0; d < directions && !found; ++d) {
        // To the right first, then alternately below and above it.
        const int turn = d % 2 ? (d + 1) / 2 : -d / 2;
        const double angle = turn * 2 * M_PI / directions;
        // An ellipse that keeps the nearest edge of the text at `distance`.
        const double x = request.x + std::cos(angle) * (distance + (centred ? 0 : room / 2));
        const double y = request.y + std::sin(angle) * (distance + (centred ? 0 : font_size / 2));
        if (placer.place(x, y, room)) found = {x, y, distance > first + 5};
      }
    }
    places.push_back(found);
  }
  return places;
}

}  // namespace celloquy::plots
