# gatetorio_plugin(<id> SOURCES file... [LIBRARIES target...])
#
# Builds the plugin <id> ("storage-sqlite") as gatetorio-<id>.so in <build>/plugins, with everything hidden but its entry
# point, so that two plugins can carry different versions of one library. Targets: gatetorio_<id> is the plugin,
# gatetorio_<id>_objects its code for unit tests.

function(gatetorio_plugin id)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  string(REPLACE "-" "_" name ${id})
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  set(objects gatetorio_${name}_objects)
  add_library(${objects} OBJECT ${arg_SOURCES})
  target_link_libraries(${objects} PUBLIC gatetorio::sdk ${arg_LIBRARIES})
  target_include_directories(${objects} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  set_target_properties(${objects} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${objects} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  if(TARGET gatetorio_precompiled AND arg_SOURCES MATCHES "[.]cpp")  # in the hub's own build
    target_precompile_headers(${objects} REUSE_FROM gatetorio_precompiled)
  endif()

  add_library(gatetorio_${name} MODULE $<TARGET_OBJECTS:${objects}>)
  target_link_libraries(gatetorio_${name} PRIVATE gatetorio::sdk ${arg_LIBRARIES})
  target_link_options(gatetorio_${name} PRIVATE -Wl,--version-script=${map})
  if(NOT GATETORIO_SANITIZE)
    target_link_options(gatetorio_${name} PRIVATE -Wl,--no-undefined)
  endif()
  set_target_properties(gatetorio_${name} PROPERTIES PREFIX "" OUTPUT_NAME gatetorio-${id}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins LINK_DEPENDS ${map})
endfunction()
