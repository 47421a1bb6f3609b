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

/// One point on its way through an epoch.
struct Traveller {
  float place[most_components];
  const std::uint32_t *heads, *tails;  // edges that act, in its two directions
  std::uint32_t n_heads, n_tails, done, round;
  std::uint64_t point, random;
};

/// Moves points by steps of one edge that acts and six other points. The steps
/// of one point wait for each other, so two points are moved side by side.
template <int Fixed>
struct Mover {
  static constexpr int room = Fixed ? Fixed : static_cast<int>(most_components);
  const LayoutRows& rows;
  const LayoutStep& step;
  const float* from;
  float* to;
  std::uint64_t next, end;
  std::uint32_t components;
  Vector a, b, numerator_pull, numerator_push, softening;
  Vector weights[2][3];  // of the lanes: with or without those that push; how many pull

  Mover(const LayoutRows& r, const LayoutStep& s, std::uint64_t first, std::uint64_t last,
        const float* places_before, float* places_after)
      : rows(r),
        step(s),
        from(places_before),
        to(places_after),
        next(first),
        end(last),
        components(Fixed ? Fixed : s.n_components) {
    a = all(s.a);
    b = all(s.b);
    // Lanes 0 and 1 pull, the others push.
    const Vector pull_lane = {1, 1, 0, 0, 0, 0, 0, 0};
    numerator_pull = pull_lane * (-2 * s.a * s.b);
    numerator_push = (1.0f - pull_lane) * (2 * s.b);
    softening = (1.0f - pull_lane) * 0.001f;
    const Vector push = (1.0f - pull_lane) * (s.negative_weight * s.learning_rate);
    const float rate = s.learning_rate;
    for (int pushes = 0; pushes < 2; ++pushes) {
      const Vector rest = push * static_cast<float>(pushes);
      weights[pushes][0] = rest;
      weights[pushes][1] = rest + Vector{rate, 0, 0, 0, 0, 0, 0, 0};
      weights[pushes][2] = rest + Vector{rate, rate, 0, 0, 0, 0, 0, 0};
    }
  }

  /// Takes up the next point that moves in this epoch; false when none is left.
  bool take(Traveller& t, std::uint32_t* scratch, std::uint64_t most_edges) {
    for (; next < end; ++next) {
      const std::uint64_t first = rows.offsets[next], last = rows.offsets[next + 1];
      t.n_heads = acting(rows, first, last, rows.head_phases, step.epoch + 1, scratch);
      t.n_tails = acting(rows, first, last, rows.tail_phases, step.epoch + 1, scratch + most_edges);
      for (std::uint32_t c = 0; c < components; ++c) t.place[c] = from[next * components + c];
      if (t.n_heads + t.n_tails > 0) break;
      put(t, next);
    }
    if (next == end) return false;
    t.heads = scratch;
    t.tails = scratch + most_edges;
    t.done = t.round = 0;
    t.point = next++;
    t.random = (step.seed ^ (t.point * 0x9e3779b97f4a7c15ULL)) + step.epoch * 0xd1342543de82ef95ULL;
    t.random ^= t.random >> 32;
    return true;
  }
  void put(const Traveller& t, std::uint64_t point) {
    for (std::uint32_t c = 0; c < components; ++c) to[point * components + c] = t.place[c];
  }

  /// The eight points of the next step, those that pull and those that push (or
  /// the point itself in lanes without one), and the weights of the lanes.
  const Vector& choose(Traveller& t, std::uint32_t (&index)[lanes]) {
    const auto self = static_cast<std::uint32_t>(t.point);
    for (int lane = 0; lane < lanes; ++lane) index[lane] = self;
    if (t.done >= t.n_heads) {
      const int pulls = t.done + 1 < t.n_tails ? 2 : 1;
      for (int lane = 0; lane < pulls; ++lane) index[lane] = t.tails[t.done++];
      return weights[0][pulls];
    }
    for (int lane = 2; lane < lanes; lane += 2) {
      const std::uint64_t random = draw(t.random);
      index[lane] = below(static_cast<std::uint32_t>(random), step.n_points);
      index[lane + 1] = below(static_cast<std::uint32_t>(random >> 32), step.n_points);
    }
    int pulls = 0;
    if (t.round == 0) {
      index[pulls++] = t.heads[t.done];
      if (t.done < t.n_tails) index[pulls++] = t.tails[t.done];
    }
    if (++t.round == step.negative_rounds) t.round = 0, ++t.done;
    return weights[1][pulls];
  }
  static bool arrived(const Traveller& t) { return t.done >= t.n_heads && t.done >= t.n_tails; }

  /// One step of each of the travellers.
  template <int Count>
  inline void advance(Traveller* const (&travellers)[Count]) {
    Vector other[Count][room], squared[Count], raised[Count], weight[Count];
    for (int k = 0; k < Count; ++k) {
      std::uint32_t index[lanes];
      weight[k] = choose(*travellers[k], index);
      places<Fixed>(from, components, index, other[k]);
    }
    for (int k = 0; k < Count; ++k) {
      squared[k] = all(1e-20f);
      for (std::uint32_t c = 0; c < components; ++c) {
        other[k][c] = travellers[k]->place[c] - other[k][c];
        squared[k] += other[k][c] * other[k][c];
      }
    }
    for (int k = 0; k < Count; ++k) raised[k] = power(squared[k], b);
    for (int k = 0; k < Count; ++k) {
      const Vector coefficient = (numerator_pull * raised[k] + numerator_push) /
                                 ((squared[k] + softening) * (1.0f + a * raised[k]));
      for (std::uint32_t c = 0; c < components; ++c)
        other[k][c] = weight[k] * smaller(larger(coefficient * other[k][c], all(-4.0f)), all(4.0f));
      add_lanes(other[k], travellers[k]->place);
    }
  }

  /// The sums over the lanes, added to the place.
  inline void add_lanes(const Vector* force, float* place) const {
    if constexpr (Fixed == 2) {
      Vector sum = __builtin_shufflevector(force[0], force[1], 0, 8, 1, 9, 4, 12, 5, 13) +
                   __builtin_shufflevector(force[0], force[1], 2, 10, 3, 11, 6, 14, 7, 15);
      sum += __builtin_shufflevector(sum, sum, 4, 5, 6, 7, 0, 1, 2, 3);
      sum += __builtin_shufflevector(sum, sum, 2, 3, 0, 1, 6, 7, 4, 5);
      place[0] += sum[0];
      place[1] += sum[1];
    } else {
      for (std::uint32_t c = 0; c < components; ++c) {
        Vector sum = force[c];
        sum += __builtin_shufflevector(sum, sum, 4, 5, 6, 7, 0, 1, 2, 3);
        sum += __builtin_shufflevector(sum, sum, 2, 3, 0, 1, 6, 7, 4, 5);
        place[c] += sum[0] + sum[1];
      }
    }
  }

  void run(std::uint32_t* scratch, std::uint64_t most_edges) {
    Traveller one, two;
    std::uint32_t* const scratch_two = scratch + 2 * most_edges;
    bool first = take(one, scratch, most_edges), second = take(two, scratch_two, most_edges);
    while (first && second) {
      advance<2>({&one, &two});
      if (arrived(one)) {
        put(one, one.point);
        first = take(one, scratch, most_edges);
      }
      if (arrived(two)) {
        put(two, two.point);
        second = take(two, scratch_two, most_edges);
      }
    }
    Traveller& last = first ? one : two;
    for (bool left = first || second; left; left = !arrived(last)) advance<1>({&last});
    if (first || second) put(last, last.point);
  }
};

}  // namespace

void move_points(const LayoutRows& rows, const LayoutStep& step, std::uint64_t begin,
                 std::uint64_t end, const float* from, float* to, std::uint32_t* scratch,
                 std::uint64_t most_edges) {
  if (step.n_components == 2)
    Mover<2>(rows, step, begin, end, from, to).run(scratch, most_edges);
  else if (step.n_components == 3)
    Mover<3>(rows, step, begin, end, from, to).run(scratch, most_edges);
  else
    Mover<0>(rows, step, begin, end, from, to).run(scratch, most_edges);
}

}  // namespace celloquy::umap::CELLOQUY_ISA
