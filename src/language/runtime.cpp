#include "language/runtime.hpp"

#include <ggml-cpu.h>
#include <llama.h>

#include <cstdlib>
#include <mutex>

namespace celloquy::language {
namespace {

/// ggml's threads meet at a barrier after each operation. With OpenMP's default
/// they spin there, which with other work on the machine made a model fifty
/// times slower. libgomp reads the policy when the program is initialised, once:
/// 101 is the first priority that is ours, and its own initialiser has none.
__attribute__((constructor(101))) void let_waiting_threads_sleep() {
  setenv("OMP_WAIT_POLICY", "passive", 0);
}

/// scripts/build-runtime compiles for the processor that it runs on. A program
/// carried elsewhere must not die of an illegal instruction.
bool built_for_this_processor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return (!ggml_cpu_has_avx() || __builtin_cpu_supports("avx")) &&
         (!ggml_cpu_has_avx2() || __builtin_cpu_supports("avx2")) &&
         (!ggml_cpu_has_fma() || __builtin_cpu_supports("fma")) &&
         (!ggml_cpu_has_bmi2() || __builtin_cpu_supports("bmi2")) &&
         (!ggml_cpu_has_avx512() || __builtin_cpu_supports("avx512f")) &&
         (!ggml_cpu_has_avx512_vbmi() || __builtin_cpu_supports("avx512vbmi")) &&
         (!ggml_cpu_has_avx512_vnni() || __builtin_cpu_supports("avx512vnni")) &&
         (!ggml_cpu_has_avx512_bf16() || __builtin_cpu_supports("avx512bf16"));
#else
  return true;
#endif
}

}  // namespace

Status start_runtime() {
  static const bool usable = [] {
    if (!built_for_this_processor()) return false;
    // What it has to say is for its developers; failures come back as values.
    llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
    llama_backend_init();
    return true;
  }();
  if (!usable) return failure(ErrorCode::internal, "language.other_processor");
  return {};
}

}  // namespace celloquy::language
