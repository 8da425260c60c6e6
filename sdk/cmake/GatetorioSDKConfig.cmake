include(CMakeFindDependencyMacro)
find_dependency(Boost 1.83 CONFIG COMPONENTS json)
include(${CMAKE_CURRENT_LIST_DIR}/GatetorioSDKTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/GatetorioPlugin.cmake)
