#pragma once
// The neural runtime, llama.cpp, made a good guest in our process.

#include "base/expected.hpp"

namespace celloquy::language {

/// To be called before anything of llama.cpp; more calls cost nothing. Error
/// (internal): the runtime was built for another processor than this.
Status start_runtime();

}  // namespace celloquy::language
