include(CMakeFindDependencyMacro)
find_dependency(Boost 1.83 CONFIG COMPONENTS json)
include(${CMAKE_CURRENT_LIST_DIR}/GatetorioSDKTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/GatetorioPlugin.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/GatetorioPage.cmake)
find_path(GATETORIO_ADMIN_KIT kit/page.mjs PATH_SUFFIXES share/gatetorio/admin-kit NO_DEFAULT_PATH
  HINTS ${CMAKE_CURRENT_LIST_DIR}/../../.. ${CMAKE_CURRENT_LIST_DIR}/../../../..)
