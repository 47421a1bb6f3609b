#include <cmath>

#include "analysis/umap/umap.hpp"

namespace celloquy::umap {
namespace {

constexpr int samples = 300;  // over [0, 3·spread], as umap-learn's find_ab_params

/// Residual sum of squares, with the normal equations of its linearisation.
struct Fit {
  double squares = 0, aa = 0, ab = 0, bb = 0, ga = 0, gb = 0;
  Fit(double a, double b, double min_dist, double spread) {
    for (int i = 0; i < samples; ++i) {
      const double d = 3 * spread * i / (samples - 1);
      const double wanted = d < min_dist ? 1 : std::exp(-(d - min_dist) / spread);
      const double raised = d > 0 ? std::pow(d, 2 * b) : 0;
      const double value = 1 / (1 + a * raised), residual = wanted - value;
      const double by_a = -value * value * raised;
      const double by_b = d > 0 ? -value * value * a * raised * 2 * std::log(d) : 0;
      squares += residual * residual;
      aa += by_a * by_a;
      ab += by_a * by_b;
      bb += by_b * by_b;
      ga += by_a * residual;
      gb += by_b * residual;
    }
  }
};

}  // namespace

std::pair<double, double> fit_curve(double min_dist, double spread) {
  // Levenberg–Marquardt from (1, 1).
  double a = 1, b = 1, damping = 1e-3;
  Fit fit(a, b, min_dist, spread);
  for (int step = 0; step < 500 && damping < 1e12; ++step) {
    const double aa = fit.aa * (1 + damping), bb = fit.bb * (1 + damping);
    const double determinant = aa * bb - fit.ab * fit.ab;
    if (!(determinant > 0)) break;
    const double da = (bb * fit.ga - fit.ab * fit.gb) / determinant;
    const double db = (aa * fit.gb - fit.ab * fit.ga) / determinant;
    const Fit next(a + da, b + db, min_dist, spread);
    if (a + da > 0 && b + db > 0 && next.squares <= fit.squares) {
      const bool still = std::abs(da) < 1e-12 * a && std::abs(db) < 1e-12 * b;
      a += da;
      b += db;
      fit = next;
      damping = damping / 10 + 1e-15;
      if (still) break;
    } else {
      damping *= 10;
    }
  }
  return {a, b};
}

}  // namespace celloquy::umap
