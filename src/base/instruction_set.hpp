#pragma once
// Which copy of a numeric kernel runs. Kernels are written once in
// *.kernels.cpp and compiled for each instruction set (cmake/celloquy.cmake).

#include <string_view>

namespace celloquy {

enum class InstructionSet { plain, avx2, avx512 };

/// The best that this processor has; CELLOQUY_ISA=plain|avx2|avx512 in the
/// environment lowers it (never raises it), for tests and comparisons.
InstructionSet instruction_set();
/// For tests: choose below the machine's best until the next call.
void set_instruction_set(InstructionSet wanted);
InstructionSet best_instruction_set();
std::string_view name(InstructionSet set);

/// Picks one of the three variants of a function:
///   select_kernel(plain::axpy, avx2::axpy, avx512::axpy)(n, a, x, y);
/// On processors other than x86-64 only the plain one exists; see
/// CELLOQUY_SELECT.
template <class F>
F* select_kernel(F* plain, F* avx2, F* avx512) {
  switch (instruction_set()) {
    case InstructionSet::avx512: return avx512;
    case InstructionSet::avx2: return avx2;
    case InstructionSet::plain: break;
  }
  return plain;
}

}  // namespace celloquy

// CELLOQUY_SELECT(dot) is celloquy::<current namespace>::{plain,avx2,avx512}::dot.
#if defined(__x86_64__)
#define CELLOQUY_SELECT(function) \
  ::celloquy::select_kernel(plain::function, avx2::function, avx512::function)
// Declares the same functions in each variant's namespace.
#define CELLOQUY_DECLARE_KERNELS(...) \
  namespace plain {                   \
  __VA_ARGS__                         \
  }                                   \
  namespace avx2 {                    \
  __VA_ARGS__                         \
  }                                   \
  namespace avx512 {                  \
  __VA_ARGS__                         \
  }
#else
#define CELLOQUY_SELECT(function) (plain::function)
#define CELLOQUY_DECLARE_KERNELS(...) \
  namespace plain {                   \
  __VA_ARGS__                         \
  }
#endif
