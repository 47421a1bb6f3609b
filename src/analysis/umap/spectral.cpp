// The spectral layout: a block of random vectors is filtered with Chebyshev
// polynomials of the normalised graph, which magnify its largest eigenvalues,
// and diagonalised in its own span (Zhou, Saad, Tiago & Chelikowsky 2006).
// Only a starting point is needed, so a fixed, small number of rounds will do.

#include "analysis/umap/spectral.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/umap/umap.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::umap {
namespace {

constexpr std::size_t block_size = 1024;
constexpr int rounds = 6, degree = 12;
constexpr std::uint32_t spare_columns = 3;

/// Eigenvalues (descending) and eigenvectors (columns) of a small symmetric
/// matrix, by Jacobi's rotations.
void small_eigen(std::vector<double>& matrix, std::size_t n, std::vector<double>& vectors) {
  vectors.assign(n * n, 0);
  for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1;
  for (int sweep = 0; sweep < 30; ++sweep) {
    double off = 0;
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) {
        const double apq = matrix[p * n + q];
        off += apq * apq;
        if (apq == 0) continue;
        const double theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * apq);
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1), s = t * c;
        for (std::size_t k = 0; k < n; ++k) {
          const double x = matrix[k * n + p], y = matrix[k * n + q];
          matrix[k * n + p] = c * x - s * y;
          matrix[k * n + q] = s * x + c * y;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double x = matrix[p * n + k], y = matrix[q * n + k];
          matrix[p * n + k] = c * x - s * y;
          matrix[q * n + k] = s * x + c * y;
          const double u = vectors[k * n + p], v = vectors[k * n + q];
          vectors[k * n + p] = c * u - s * v;
          vectors[k * n + q] = s * u + c * v;
        }
      }
    if (off < 1e-30) break;
  }
}

/// One connected component of the graph, normalised: D^(−1/2) W D^(−1/2).
struct Component {
  std::vector<std::uint32_t> nodes;  // of the whole graph, ascending
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint32_t> targets;
  std::vector<float> weights;
  std::vector<double> root_strength;  // its eigenvector of eigenvalue 1, of length 1
  SymmetricRows rows() const { return {offsets.data(), targets.data(), weights.data()}; }
  std::size_t size() const { return nodes.size(); }
};

std::vector<Component> components_of(const Graph& graph) {
  std::vector<Component> components;
  std::vector<std::uint32_t> component(graph.n_nodes, 0xffffffffu), local(graph.n_nodes), stack;
  for (std::uint32_t start = 0; start < graph.n_nodes; ++start) {
    if (component[start] != 0xffffffffu) continue;
    const auto number = static_cast<std::uint32_t>(components.size());
    components.emplace_back();
    component[start] = number;
    stack.assign(1, start);
    while (!stack.empty()) {
      const std::uint32_t v = stack.back();
      stack.pop_back();
      components.back().nodes.push_back(v);
      for (std::uint64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at) {
        const std::uint32_t u = graph.indices[at];
        if (component[u] != 0xffffffffu) continue;
        component[u] = number;
        stack.push_back(u);
      }
    }
  }
  for (Component& part : components) {
    std::sort(part.nodes.begin(), part.nodes.end());
    for (std::uint32_t i = 0; i < part.nodes.size(); ++i) local[part.nodes[i]] = i;
    double total = 0;
    for (const std::uint32_t v : part.nodes) {
      double strength = 0;
      for (std::uint64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at)
        strength += static_cast<double>(graph.weights[at]);
      part.root_strength.push_back(std::sqrt(strength));
      total += strength;
    }
    part.offsets.push_back(0);
    for (std::uint32_t i = 0; i < part.nodes.size(); ++i) {
      const std::uint32_t v = part.nodes[i];
      for (std::uint64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at) {
        const std::uint32_t j = local[graph.indices[at]];
        part.targets.push_back(j);
        part.weights.push_back(static_cast<float>(static_cast<double>(graph.weights[at]) /
                                                  (part.root_strength[i] * part.root_strength[j])));
      }
      part.offsets.push_back(part.targets.size());
    }
    for (double& x : part.root_strength) x = total > 0 ? x / std::sqrt(total) : 0;
  }
  return components;
}

class SubspaceIteration {
 public:
  SubspaceIteration(const Component& part, std::uint32_t n_vectors, std::uint64_t seed,
                    const Context& context)
      : part_(part),
        context_(context),
        width_((n_vectors + spare_columns + 7) / 8 * 8),
        x_(part.size() * width_),
        before_(x_.size()),
        product_(x_.size()),
        combine_rows_(CELLOQUY_SELECT(combine_rows)) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      RandomStream random(seed, part.nodes[i]);
      for (std::uint32_t c = 0; c < width_; ++c)
        x_[i * width_ + c] = static_cast<float>(random.normal());
    }
  }

  /// Columns of length 1, by descending eigenvalue, without the trivial one.
  const std::vector<float>& run() {
    diagonalise();
    for (int round = 0; round < rounds && !context_.cancelled(); ++round) {
      filter(std::clamp(lowest_, 0.0, 0.995));
      diagonalise();
    }
    return x_;
  }
  std::uint32_t width() const { return width_; }

 private:
  void combine(float a, float b, float c, const std::vector<float>& x,
               const std::vector<float>& before, std::vector<float>& out) {
    parallel_for_blocks(context_, part_.size(), block_size, [&](const Block& block) {
      combine_rows_(part_.rows(), block.begin, block.end, width_, a, b, c, x.data(), before.data(),
                    out.data());
    });
  }

  /// x ← T_degree of S mapped so that [−1, cut] becomes [−1, 1]; what is above grows.
  void filter(double cut) {
    const auto half = static_cast<float>((cut + 1) / 2), middle = static_cast<float>((cut - 1) / 2);
    before_ = x_;
    combine(1 / half, -middle / half, 0, before_, before_, x_);
    for (int k = 2; k <= degree && !context_.cancelled(); ++k) {
      combine(2 / half, -2 * middle / half, -1, x_, before_, before_);
      std::swap(x_, before_);
    }
  }

  /// Sums over the points of u(i, p)·v(i, q), in blocks, in their order.
  std::vector<double> inner(const std::vector<float>& u, const std::vector<float>& v) const {
    const std::size_t w = width_;
    std::vector<std::vector<double>> partial(block_count(part_.size(), block_size));
    parallel_for_blocks(context_, part_.size(), block_size, [&](const Block& block) {
      auto& sum = partial[block.index];
      sum.assign(w * w, 0);
      for (std::size_t i = block.begin; i < block.end; ++i)
        for (std::size_t p = 0; p < w; ++p) {
          const auto x = static_cast<double>(u[i * w + p]);
          for (std::size_t q = 0; q < w; ++q)
            sum[p * w + q] += x * static_cast<double>(v[i * w + q]);
        }
    });
    std::vector<double> result(w * w);
    for (const auto& sum : partial)
      for (std::size_t at = 0; at < sum.size(); ++at) result[at] += sum[at];
    return result;
  }

  void remove_trivial() {
    std::vector<double> along(width_);
    for (std::size_t i = 0; i < part_.size(); ++i)
      for (std::uint32_t c = 0; c < width_; ++c)
        along[c] += part_.root_strength[i] * static_cast<double>(x_[i * width_ + c]);
    for (std::size_t i = 0; i < part_.size(); ++i)
      for (std::uint32_t c = 0; c < width_; ++c)
        x_[i * width_ + c] -= static_cast<float>(part_.root_strength[i] * along[c]);
  }

  /// The eigenvectors of S within the span of x.
  void diagonalise() {
    remove_trivial();
    combine(1, 0, 0, x_, x_, product_);
    if (context_.cancelled()) return;
    const std::size_t w = width_;
    std::vector<double> gram = inner(x_, x_), basis;
    small_eigen(gram, w, basis);
    double greatest = 0;
    for (std::size_t p = 0; p < w; ++p) greatest = std::max(greatest, gram[p * w + p]);
    for (std::size_t q = 0; q < w; ++q) {
      // Directions lost in rounding are left out by making them vanish.
      const double value = gram[q * w + q];
      const double scale = value > 1e-9 * greatest ? 1 / std::sqrt(value) : 0;
      for (std::size_t p = 0; p < w; ++p) basis[p * w + q] *= scale;
    }
    const std::vector<double> h = inner(x_, product_);
    std::vector<double> projected(w * w), half(w * w), vectors;
    const auto multiply = [w](const std::vector<double>& l, bool transpose,
                              const std::vector<double>& r, std::vector<double>& out) {
      for (std::size_t p = 0; p < w; ++p)
        for (std::size_t q = 0; q < w; ++q) {
          double sum = 0;
          for (std::size_t k = 0; k < w; ++k)
            sum += (transpose ? l[k * w + p] : l[p * w + k]) * r[k * w + q];
          out[p * w + q] = sum;
        }
    };
    multiply(h, false, basis, half);
    multiply(basis, true, half, projected);
    for (std::size_t p = 0; p < w; ++p)
      for (std::size_t q = 0; q < p; ++q)
        projected[p * w + q] = projected[q * w + p] =
            (projected[p * w + q] + projected[q * w + p]) / 2;
    small_eigen(projected, w, vectors);
    std::vector<std::size_t> order(w);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return projected[a * w + a] > projected[b * w + b];
    });
    lowest_ = projected[order[w - 1] * w + order[w - 1]];
    multiply(basis, false, vectors, half);
    std::vector<float> turn(w * w);
    for (std::size_t p = 0; p < w; ++p)
      for (std::size_t q = 0; q < w; ++q)
        turn[p * w + q] = static_cast<float>(half[p * w + order[q]]);
    parallel_for_blocks(context_, part_.size(), block_size, [&](const Block& block) {
      std::vector<float> row(w);
      for (std::size_t i = block.begin; i < block.end; ++i) {
        std::fill(row.begin(), row.end(), 0.0f);
        for (std::size_t p = 0; p < w; ++p)
          for (std::size_t q = 0; q < w; ++q) row[q] += x_[i * w + p] * turn[p * w + q];
        std::copy(row.begin(), row.end(), x_.begin() + static_cast<std::ptrdiff_t>(i * w));
      }
    });
  }

  const Component& part_;
  const Context& context_;
  std::uint32_t width_;
  std::vector<float> x_, before_, product_;
  double lowest_ = 0;  // of the eigenvalues in the block
  decltype(&plain::combine_rows) combine_rows_;
};

/// Coordinates of one component, the widest from −radius to radius.
std::vector<float> component_layout(const Component& part, std::uint32_t components, double radius,
                                    std::uint64_t seed, const Context& context) {
  std::vector<float> layout(part.size() * components);
  if (part.size() <= components + std::size_t{2}) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      RandomStream random(seed, part.nodes[i]);
      for (std::uint32_t c = 0; c < components; ++c)
        layout[i * components + c] = static_cast<float>(radius * (2 * random.uniform() - 1));
    }
    return layout;
  }
  SubspaceIteration iteration(part, components, seed, context);
  const std::vector<float>& vectors = iteration.run();
  for (std::uint32_t c = 0; c < components; ++c) {
    // Smooth along the graph are the vectors divided by the roots of the strengths.
    const auto coordinate = [&](std::size_t i) {
      return static_cast<double>(vectors[i * iteration.width() + c]) / part.root_strength[i];
    };
    // The sign of an eigenvector means nothing: its farthest point is put on the right.
    double farthest = 0;
    for (std::size_t i = 0; i < part.size(); ++i)
      if (std::abs(coordinate(i)) > std::abs(farthest)) farthest = coordinate(i);
    for (std::size_t i = 0; i < part.size() && farthest != 0; ++i)
      layout[i * components + c] = static_cast<float>(radius / farthest * coordinate(i));
  }
  return layout;
}

/// Where the components go, the largest in the middle: each as near to it as
/// there is room, along directions that turn by the golden angle.
std::vector<std::pair<double, double>> places_of(const std::vector<double>& radius, bool line) {
  std::vector<std::pair<double, double>> places(radius.size());
  double reach = 0;
  for (std::size_t k = 0; k < radius.size(); ++k) {
    if (line || radius.size() > 1000) {  // a row, or too many to look for room for each
      places[k] = {k == 0 ? 0 : reach + 1.2 * radius[k], 0};
      reach = places[k].first + 1.2 * radius[k];
      continue;
    }
    const double angle = 2.399963229728653 * static_cast<double>(k);
    const auto overlaps = [&](double distance) {
      for (std::size_t j = 0; j < k; ++j)
        if (std::hypot(distance * std::cos(angle) - places[j].first,
                       distance * std::sin(angle) - places[j].second) <
            1.2 * (radius[j] + radius[k]))
          return true;
      return false;
    };
    double distance = 0;
    while (overlaps(distance)) distance += radius[k] / 4;
    places[k] = {distance * std::cos(angle), distance * std::sin(angle)};
  }
  return places;
}

}  // namespace

Expected<std::vector<float>> spectral_layout(const Graph& connectivities,
                                             std::uint32_t n_components, std::uint64_t seed,
                                             const Context& context) {
  std::vector<Component> components = components_of(connectivities);
  std::stable_sort(components.begin(), components.end(),
                   [](const Component& a, const Component& b) { return a.size() > b.size(); });
  std::vector<double> radius;
  for (const Component& part : components)
    radius.push_back(std::sqrt(static_cast<double>(part.size())));
  const auto places = places_of(radius, n_components == 1);
  std::vector<float> layout(static_cast<std::size_t>(connectivities.n_nodes) * n_components);
  for (std::size_t k = 0; k < components.size(); ++k) {
    const Component& part = components[k];
    const auto local = component_layout(part, n_components, radius[k], seed, context);
    if (context.cancelled()) return cancelled_error();
    for (std::size_t i = 0; i < part.size(); ++i)
      for (std::uint32_t c = 0; c < n_components; ++c) {
        const double place = c == 0 ? places[k].first : c == 1 ? places[k].second : 0;
        layout[static_cast<std::size_t>(part.nodes[i]) * n_components + c] =
            local[i * n_components + c] + static_cast<float>(place);
      }
  }
  return layout;
}

}  // namespace celloquy::umap
