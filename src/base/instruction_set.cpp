#include "base/instruction_set.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace celloquy {
namespace {

InstructionSet from_environment(InstructionSet best) {
  const char* wanted = std::getenv("CELLOQUY_ISA");
  if (!wanted) return best;
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512})
    if (name(set) == wanted) return std::min(set, best);
  return best;
}

std::atomic<InstructionSet>& chosen() {
  static std::atomic<InstructionSet> set{from_environment(best_instruction_set())};
  return set;
}

}  // namespace

InstructionSet best_instruction_set() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
  return avx512 ? InstructionSet::avx512 : avx2 ? InstructionSet::avx2 : InstructionSet::plain;
#else
  return InstructionSet::plain;
#endif
}

InstructionSet instruction_set() { return chosen().load(std::memory_order_relaxed); }

void set_instruction_set(InstructionSet wanted) {
  chosen().store(std::min(wanted, best_instruction_set()), std::memory_order_relaxed);
}

std::string_view name(InstructionSet set) {
  switch (set) {
    case InstructionSet::plain: return "plain";
    case InstructionSet::avx2: return "avx2";
    case InstructionSet::avx512: return "avx512";
  }
  return "plain";
}

}  // namespace celloquy
