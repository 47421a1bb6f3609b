# What the system provides; docs/dependencies.md says what each is for.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)

pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_library(STEMMER_LIBRARY stemmer REQUIRED)  # comes without a .pc file
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.74 REQUIRED)  # headers only: Asio and Beast
# Looked up anew each time: which build of OpenBLAS is chosen can change under us.
unset(__pkg_config_checked_OPENBLAS CACHE)
unset(pkgcfg_lib_OPENBLAS_openblas CACHE)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)

# The serial build is made without locks, and we call BLAS from several threads at once.
if("${OPENBLAS_LIBRARY_DIRS};${OPENBLAS_LDFLAGS}" MATCHES "openblas-serial")
  message(FATAL_ERROR "pkg-config found the serial OpenBLAS, which is not safe to call from several "
    "threads. Run scripts/install-packages, or choose the pthread build with update-alternatives.")
endif()

# LAPACKE and CBLAS come with OpenBLAS's own headers and library on Debian; the
# separate liblapacke is linked where the distribution splits it off.
find_library(LAPACKE_LIBRARY lapacke)
add_library(celloquy_linear_algebra INTERFACE)
target_link_libraries(celloquy_linear_algebra INTERFACE PkgConfig::OPENBLAS)
if(LAPACKE_LIBRARY)
  target_link_libraries(celloquy_linear_algebra INTERFACE ${LAPACKE_LIBRARY})
endif()

if(CELLOQUY_MPI)
  find_package(MPI REQUIRED COMPONENTS C)
endif()
