# gatetorio_page(<id> [PATH /path])
#
# Builds the web page of plugin <id> from the folder web/ beside the CMakeLists.txt into <build>/pages/<id>, with the
# tools of the admin kit. PATH is that of the plugin's StaticPages; without it /<id>. Without npm, or with
# GATETORIO_PAGES=OFF, nothing is built. Target: gatetorio_<id>_page. See docs/plugin-guide/pages.md.

# The kit's packages: target gatetorio_admin_kit. They are put beside the kit, so one that is installed is copied first.
function(gatetorio_admin_kit)
  if(TARGET gatetorio_admin_kit)
    return()
  endif()
  set(kit ${GATETORIO_ADMIN_KIT})
  cmake_path(IS_PREFIX CMAKE_SOURCE_DIR ${kit} is_ours)
  if(NOT is_ours)
    file(COPY ${kit}/ DESTINATION ${CMAKE_BINARY_DIR}/admin-kit)
    set(kit ${CMAKE_BINARY_DIR}/admin-kit)
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${kit}/kit/* ${kit}/build/* ${kit}/public/* ${kit}/src/api/* ${kit}/src/live/*
    ${kit}/src/parts/* ${kit}/src/session/* ${kit}/src/shell/* ${kit}/src/styles/*)
  add_custom_command(OUTPUT ${kit}/node_modules/.package-lock.json
    COMMAND ${NPM} ci --no-audit --no-fund
    DEPENDS ${kit}/package-lock.json
    WORKING_DIRECTORY ${kit} COMMENT "Fetching what pages are built with")
  add_custom_target(gatetorio_admin_kit DEPENDS ${kit}/node_modules/.package-lock.json)
  set_target_properties(gatetorio_admin_kit PROPERTIES GATETORIO_FOLDER ${kit} GATETORIO_SOURCES
    "${sources};${kit}/src/common_strings.ts;${kit}/package-lock.json;${kit}/tsconfig.json")
endfunction()

function(gatetorio_page id)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PATH" "")
  find_program(NPM npm)
  if(NOT NPM OR (DEFINED GATETORIO_PAGES AND NOT GATETORIO_PAGES))
    return()
  endif()
  gatetorio_admin_kit()
  get_target_property(kit gatetorio_admin_kit GATETORIO_FOLDER)
  get_target_property(kit_sources gatetorio_admin_kit GATETORIO_SOURCES)
  if(NOT arg_PATH)
    set(arg_PATH /${id})
  endif()
  string(REPLACE "-" "_" name ${id})
  set(web ${CMAKE_CURRENT_SOURCE_DIR}/web)
  set(page ${CMAKE_BINARY_DIR}/pages/${id})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/*.ts ${web}/*.tsx ${web}/*.css ${web}/*.svg ${web}/*.html ${web}/*.json)
  list(FILTER sources EXCLUDE REGEX "/web/(dist|node_modules)/")
  add_custom_command(OUTPUT ${page}/index.html
    COMMAND node ${kit}/kit/page.mjs build ${web} --path ${arg_PATH} --out ${page}
    DEPENDS ${sources} ${kit_sources} gatetorio_admin_kit
    COMMENT "Building the page of ${id}")
  add_custom_target(gatetorio_${name}_page ALL DEPENDS ${page}/index.html)
endfunction()
