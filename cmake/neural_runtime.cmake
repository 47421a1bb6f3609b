# llama.cpp and ggml, built once a machine by scripts/build-runtime, which finds
# what is there in 0.1 s: the target celloquy_neural_runtime.
message(STATUS "Neural runtime: scripts/build-runtime (some minutes the first time on a machine)")
execute_process(
  COMMAND "${CMAKE_SOURCE_DIR}/scripts/build-runtime"
  OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "scripts/build-runtime failed; the lines above say why")
endif()
# A new version of it is built and linked by itself.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  "${CMAKE_SOURCE_DIR}/scripts/build-runtime" "${CMAKE_SOURCE_DIR}/assets/manifest.toml")

# OpenMP's threads must sleep, not spin, while they wait. libgomp reads that from
# the environment when it is initialised, which language/quiet_threads.cpp can
# precede only if libgomp is part of the program.
execute_process(
  COMMAND "${CMAKE_CXX_COMPILER}" -print-file-name=libgomp.a
  OUTPUT_VARIABLE gomp OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT IS_ABSOLUTE "${gomp}")
  message(FATAL_ERROR "libgomp.a, which comes with g++, was not found; run scripts/install-packages")
endif()

add_library(celloquy_neural_runtime INTERFACE)
target_include_directories(celloquy_neural_runtime SYSTEM INTERFACE "${runtime}/include")
target_link_libraries(celloquy_neural_runtime INTERFACE
  "${runtime}/lib/libllama.a" "${runtime}/lib/libggml.a" "${runtime}/lib/libggml-cpu.a"
  "${runtime}/lib/libggml-base.a" "${gomp}" Threads::Threads ${CMAKE_DL_LIBS} m)
