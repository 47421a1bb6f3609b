#include "base/random.hpp"

#include <cmath>

namespace celloquy {

double RandomStream::normal() {
  double u, v, s;
  do {
    u = 2 * uniform() - 1;
    v = 2 * uniform() - 1;
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  return u * std::sqrt(-2 * std::log(s) / s);
}

}  // namespace celloquy
