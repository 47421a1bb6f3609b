#include "analysis/umap/layout.hpp"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"  // wide vectors never leave this file
#endif

namespace celloquy::umap::CELLOQUY_ISA {
namespace {

constexpr int lanes = 8;
typedef float Vector __attribute__((vector_size(32)));
typedef std::int32_t Ints __attribute__((vector_size(32)));
typedef std::uint32_t Words __attribute__((vector_size(32)));
typedef std::uint32_t LooseWords __attribute__((vector_size(32), aligned(4), may_alias));
typedef double Pairs __attribute__((vector_size(32)));
typedef double LooseDouble __attribute__((aligned(4), may_alias));

inline Words load(const std::uint32_t* p) { return *reinterpret_cast<const LooseWords*>(p); }
inline Vector all(float x) { return x - Vector{}; }
inline Vector smaller(Vector x, Vector y) { return x < y ? x : y; }
inline Vector larger(Vector x, Vector y) { return x > y ? x : y; }

/// x^b for x > 0, within 1e-4: 2^(b·log2 x) by two short polynomials.
inline Vector power(Vector x, Vector b) {
  const Ints bits = Ints(x);
  const Vector exponent = __builtin_convertvector((bits >> 23) - 127, Vector);
  const Vector m = Vector((bits & 0x007fffff) | 0x3f800000) - 1.0f;
  // log2(1 + m) on [0, 1], exact at both ends.
  Vector log = all(0.0442437413f);
  log = log * m - 0.1912625118f;
  log = log * m + 0.4135550508f;
  log = log * m - 0.7083721524f;
  log = log * m + 1.4418358721f;
  log = log * m;
  Vector t = b * (exponent + log);
  t = smaller(larger(t, all(-120.0f)), all(120.0f));
  // Rounds to whole numbers by adding 1.5·2^23.
  const Vector shifted = t + 12582912.0f;
  const Vector whole = shifted - 12582912.0f, f = t - whole;
  Vector exp = all(0.0096004024f);
  exp = exp * f + 0.0559169357f;
  exp = exp * f + 0.2402371854f;
  exp = exp * f + 0.6931219897f;
  exp = exp * f + 1.0f;
  return Vector(Ints(exp) + (Ints(shifted) << 23));
}

/// Uniform 64 bits from a counter (wyrand by Wang Yi, public domain).
inline std::uint64_t draw(std::uint64_t& state) {
  __extension__ typedef unsigned __int128 Wide;
  state += 0xa0761d6478bd642fULL;
  const Wide product = static_cast<Wide>(state) * (state ^ 0xe7037ed1a0b428dbULL);
  return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
}

inline std::uint32_t below(std::uint32_t random, std::uint32_t n) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(random) * n) >> 32);
}

/// The edges of a point that act in this epoch; returns their number.
inline std::uint32_t acting(const LayoutRows& rows, std::uint64_t begin, std::uint64_t end,
                            const std::uint32_t* phases, std::uint32_t times,
                            std::uint32_t* targets) {
  std::uint32_t count = 0;
  std::uint64_t at = begin;
#if defined(__AVX2__)
  for (; at + lanes <= end; at += lanes) {
    const Words rate = load(rows.rates + at);
    const Words due = Words(load(phases + at) + rate * times < rate);
    auto bits = static_cast<unsigned>(__builtin_ia32_movmskps256(Vector(due)));
    for (; bits; bits &= bits - 1)
      targets[count++] = rows.targets[at + static_cast<unsigned>(__builtin_ctz(bits))];
  }
#endif
  for (; at < end; ++at) {
    targets[count] = rows.targets[at];
    count += phases[at] + rows.rates[at] * times < rows.rates[at] ? 1 : 0;
  }
  return count;
}

/// Places of eight points, a vector for each component.
template <int Fixed>
inline void places(const float* from, std::uint32_t components, const std::uint32_t (&index)[lanes],
                   Vector* place) {
  if constexpr (Fixed == 2) {
    const auto pair = [&](int lane) {
      return *reinterpret_cast<const LooseDouble*>(from + std::uint64_t{2} * index[lane]);
    };
    const Pairs low = {pair(0), pair(1), pair(4), pair(5)};
    const Pairs high = {pair(2), pair(3), pair(6), pair(7)};
    place[0] = __builtin_shufflevector(Vector(low), Vector(high), 0, 2, 8, 10, 4, 6, 12, 14);
    place[1] = __builtin_shufflevector(Vector(low), Vector(high), 1, 3, 9, 11, 5, 7, 13, 15);
  } else {
    for (std::uint32_t c = 0; c < components; ++c)
      for (int lane = 0; lane < lanes; ++lane)
        place[c][lane] = from[static_cast<std::uint64_t>(index[lane]) * components + c];
  }
}

inline float total(Vector v) {
  return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

template <int Fixed>
struct Mover {
  const LayoutStep& step;
  const float* from;
  std::uint32_t components;
  Vector a, b, numerator_pull, numerator_push, softening, pull_lane;
  float place[Fixed ? Fixed : most_components];

  explicit Mover(const LayoutStep& s, const float* places_before)
      : step(s), from(places_before), components(Fixed ? Fixed : s.n_components) {
    a = all(s.a);
    b = all(s.b);
    // Lanes 0 and 1 pull, the others push.
    pull_lane = Vector{1, 1, 0, 0, 0, 0, 0, 0};
    numerator_pull = pull_lane * (-2 * s.a * s.b);
    numerator_push = (1.0f - pull_lane) * (2 * s.b);
    softening = (1.0f - pull_lane) * 0.001f;
  }

  /// Two attractions (the point itself where there is none) and six repulsions.
  inline void apply(const std::uint32_t (&index)[lanes], float weight_of_push) {
    Vector other[Fixed ? Fixed : most_components];
    places<Fixed>(from, components, index, other);
    Vector squared = {};
    for (std::uint32_t c = 0; c < components; ++c) {
      other[c] = place[c] - other[c];
      squared += other[c] * other[c];
    }
    const Vector safe = larger(squared, all(1e-20f));
    const Vector raised = power(safe, b);
    const Vector coefficient = (numerator_pull * raised + numerator_push) /
                               ((safe + softening) * (1.0f + a * raised));
    const Vector weight = (pull_lane + (1.0f - pull_lane) * weight_of_push) * step.learning_rate;
    for (std::uint32_t c = 0; c < components; ++c) {
      const Vector force = smaller(larger(coefficient * other[c], all(-4.0f)), all(4.0f));
      place[c] += total(force * weight);
    }
  }

  void move(const LayoutRows& rows, std::uint64_t point, std::uint32_t* heads,
            std::uint32_t* tails, float* to) {
    const auto self = static_cast<std::uint32_t>(point);
    const std::uint64_t begin = rows.offsets[point], end = rows.offsets[point + 1];
    const std::uint32_t times = step.epoch + 1;
    const std::uint32_t n_heads = acting(rows, begin, end, rows.head_phases, times, heads);
    const std::uint32_t n_tails = acting(rows, begin, end, rows.tail_phases, times, tails);
    for (std::uint32_t c = 0; c < components; ++c) place[c] = from[point * components + c];

    std::uint64_t state = (step.seed ^ (point * 0x9e3779b97f4a7c15ULL)) +
                          step.epoch * 0xd1342543de82ef95ULL;
    state ^= state >> 32;
    std::uint32_t index[lanes];
    for (std::uint32_t h = 0; h < n_heads; ++h) {
      for (std::uint32_t round = 0; round < step.negative_rounds; ++round) {
        index[0] = round == 0 ? heads[h] : self;
        index[1] = round == 0 && h < n_tails ? tails[h] : self;
        for (int lane = 2; lane < lanes; lane += 2) {
          const std::uint64_t random = draw(state);
          index[lane] = below(static_cast<std::uint32_t>(random), step.n_points);
          index[lane + 1] = below(static_cast<std::uint32_t>(random >> 32), step.n_points);
        }
        apply(index, step.negative_weight);
      }
    }
    for (std::uint32_t lane = 2; lane < lanes; ++lane) index[lane] = self;
    for (std::uint32_t t = n_heads; t < n_tails; t += 2) {
      index[0] = tails[t];
      index[1] = t + 1 < n_tails ? tails[t + 1] : self;
      apply(index, 0.0f);
    }
    for (std::uint32_t c = 0; c < components; ++c) to[point * components + c] = place[c];
  }
};

template <int Fixed>
void move_all(const LayoutRows& rows, const LayoutStep& step, std::uint64_t begin,
              std::uint64_t end, const float* from, float* to, std::uint32_t* scratch) {
  std::uint64_t most = 0;
  for (std::uint64_t i = begin; i < end; ++i) {
    const std::uint64_t edges = rows.offsets[i + 1] - rows.offsets[i];
    most = edges > most ? edges : most;
  }
  Mover<Fixed> mover(step, from);
  for (std::uint64_t i = begin; i < end; ++i) mover.move(rows, i, scratch, scratch + most, to);
}

}  // namespace

void move_points(const LayoutRows& rows, const LayoutStep& step, std::uint64_t begin,
                 std::uint64_t end, const float* from, float* to, std::uint32_t* scratch) {
  if (step.n_components == 2)
    move_all<2>(rows, step, begin, end, from, to, scratch);
  else if (step.n_components == 3)
    move_all<3>(rows, step, begin, end, from, to, scratch);
  else
    move_all<0>(rows, step, begin, end, from, to, scratch);
}

}  // namespace celloquy::umap::CELLOQUY_ISA
