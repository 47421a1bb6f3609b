# Build rules shared by all rooms.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(celloquy_flags INTERFACE)
target_compile_features(celloquy_flags INTERFACE cxx_std_20)
target_include_directories(celloquy_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(celloquy_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers
  # Floating point stays IEEE and reproducible: no -ffast-math. These two only
  # drop errno and trap bookkeeping, which lets loops vectorise.
  -fno-math-errno -fno-trapping-math -fopenmp-simd
  # Contraction is decided per kernel, never silently by the optimiser.
  -ffp-contract=off
  $<$<CONFIG:Debug>:-Og -g1>
  $<$<CONFIG:Release>:-O3>)
if(CELLOQUY_SANITIZE)
  target_compile_options(celloquy_flags INTERFACE
    -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(celloquy_flags INTERFACE -fsanitize=address,undefined)
endif()
if(CELLOQUY_FUZZ)
  target_compile_options(celloquy_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined
    -fno-sanitize-recover=undefined)
  target_link_options(celloquy_flags INTERFACE -fsanitize=address,undefined)
endif()

# celloquy_room(name [DEPENDS targets…]): the static library celloquy_<name> of
# all sources below the calling folder. New files are picked up by themselves.
# Files called *.kernels.cpp are left to celloquy_kernels().
function(celloquy_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "\\.kernels\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  file(GLOB_RECURSE kernels CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.kernels.cpp")
  if(NOT sources AND NOT kernels)
    set(sources "${CMAKE_SOURCE_DIR}/cmake/empty.cpp")
  endif()
  add_library(celloquy_${name} STATIC ${sources})
  target_link_libraries(celloquy_${name} PUBLIC celloquy_flags ${ROOM_DEPENDS})
  foreach(kernel IN LISTS kernels)
    celloquy_kernels(celloquy_${name} "${kernel}")
  endforeach()
endfunction()

# celloquy_kernels(target file): compiles one file of numeric loops once for
# each instruction set, each copy in its own namespace (CELLOQUY_ISA); the
# caller picks one at run time with base/instruction_set.hpp. Such a file works
# on raw pointers only: an inline function of the standard library compiled
# here with AVX could be the copy the linker keeps for the whole program.
function(celloquy_kernels target file)
  get_filename_component(stem "${file}" NAME_WE)
  file(RELATIVE_PATH relative "${CMAKE_SOURCE_DIR}" "${file}")
  string(MAKE_C_IDENTIFIER "${relative}" id)
  # Kernels are optimised in every preset: an unvectorised one is no use. Set on
  # the file, because a target's own options come before those of the linked
  # celloquy_flags, which would win.
  set_source_files_properties("${file}" PROPERTIES COMPILE_OPTIONS "-O3;-ffp-contract=fast")
  set(variants plain)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND variants avx2 avx512)
  endif()
  foreach(variant IN LISTS variants)
    set(object ${id}_${variant})
    add_library(${object} OBJECT "${file}")
    target_link_libraries(${object} PRIVATE celloquy_flags)
    target_compile_definitions(${object} PRIVATE CELLOQUY_ISA=${variant})
    if(variant STREQUAL "avx2")
      target_compile_options(${object} PRIVATE -mavx2 -mfma -mbmi2 -mf16c -mpopcnt)
    elseif(variant STREQUAL "avx512")
      target_compile_options(${object} PRIVATE -mavx2 -mfma -mbmi2 -mf16c -mpopcnt
        -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)
    endif()
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${object}>)
  endforeach()
endfunction()

# celloquy_tests(name [LABELS …] [DEPENDS targets…]): one GoogleTest program
# from all *.cpp in the calling folder; each test case is a ctest test.
function(celloquy_tests name)
  cmake_parse_arguments(T "" "" "DEPENDS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_link_libraries(test_${name} PRIVATE ${T_DEPENDS} GTest::gtest GTest::gtest_main)
  target_compile_definitions(test_${name} PRIVATE
    CELLOQUY_SOURCE_DIR="${CMAKE_SOURCE_DIR}" CELLOQUY_BINARY_DIR="${CMAKE_BINARY_DIR}")
  # One ctest entry a program: starting a process for each of hundreds of cases
  # would cost more than the cases.
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES LABELS "${T_LABELS}" TIMEOUT 600)
endfunction()
