# What most sources begin with, precompiled: for the plugins, for the core, and for the programs of the tests. Each with the
# options of its users, or the compiler reads the headers again.
#
# gatetorio_precompile(<target> LIBRARIES target... HEADERS <header>... [PROGRAM])
function(gatetorio_precompile target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PROGRAM" "" "LIBRARIES;HEADERS")
  if(arg_PROGRAM)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/program.cpp CONTENT "int main() {}\n")
    add_executable(${target} ${CMAKE_BINARY_DIR}/precompiled/program.cpp)
  else()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/empty.cpp CONTENT "")
    add_library(${target} OBJECT ${CMAKE_BINARY_DIR}/precompiled/empty.cpp)
  endif()
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
  if(CMAKE_CXX_COMPILER_LAUNCHER)
    set_target_properties(${target} PROPERTIES
      CXX_COMPILER_LAUNCHER "${PROJECT_SOURCE_DIR}/sdk/cmake/precompile.sh;${CMAKE_CXX_COMPILER_LAUNCHER}")
  endif()
endfunction()

set(headers <boost/json.hpp> <gatetorio/database.hpp> <gatetorio/events.hpp> <gatetorio/operations.hpp>
  <gatetorio/services.hpp>)
gatetorio_precompile(gatetorio_precompiled LIBRARIES gatetorio::sdk HEADERS ${headers})
target_compile_options(gatetorio_precompiled PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)

if(GATETORIO_TESTS)
  find_package(Catch2 3 REQUIRED)
  gatetorio_precompile(gatetorio_precompiled_tests PROGRAM LIBRARIES gatetorio::sdk Catch2::Catch2
    HEADERS <catch2/catch_test_macros.hpp> ${headers})
endif()
