# What most sources begin with, precompiled: for the plugins, and for the programs of the tests. Each with the options of
# its users, or the compiler reads the headers again.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/plugin.cpp CONTENT "")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/program.cpp CONTENT "int main() {}\n")
set(headers <boost/json.hpp> <gatetorio/database.hpp> <gatetorio/events.hpp> <gatetorio/operations.hpp>
  <gatetorio/services.hpp>)

add_library(gatetorio_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled/plugin.cpp)
target_link_libraries(gatetorio_precompiled PRIVATE gatetorio::sdk)
target_compile_options(gatetorio_precompiled PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
target_precompile_headers(gatetorio_precompiled PRIVATE ${headers})

if(GATETORIO_TESTS)
  find_package(Catch2 3 REQUIRED)
  add_executable(gatetorio_precompiled_tests ${CMAKE_BINARY_DIR}/precompiled/program.cpp)
  target_link_libraries(gatetorio_precompiled_tests PRIVATE gatetorio::sdk Catch2::Catch2)
  target_precompile_headers(gatetorio_precompiled_tests PRIVATE <catch2/catch_test_macros.hpp> ${headers})
endif()
