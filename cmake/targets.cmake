# swim_library(NAME SOURCES … DEPS … PRIVATE_DEPS …): a static library of one room. DEPS are the arrows of DESIGN §3.
function(swim_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC swim_options ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# Target tests-LABEL builds the programs of one kind of test, and nothing that they do not need.
function(swim_build_with_label label program)
  if(NOT TARGET tests-${label})
    add_custom_target(tests-${label})
  endif()
  add_dependencies(tests-${label} ${program})
endfunction()

# swim_test(NAME LABELS … SOURCES … DEPS …): a GoogleTest program, each of its tests a ctest of its own, so that a
# row of tests/README.md can be run by its name.
function(swim_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LABELS;SOURCES;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE swim_options ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  # False alarms of GCC 12 at -O3 about what libstdc++ does inside of string and vector.
  target_compile_options(${name} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>)
  foreach(label IN LISTS ARG_LABELS)
    swim_build_with_label(${label} ${name})
  endforeach()
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 TEST_LIST ${name}_found PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  # Apart, because gtest_discover_tests takes no list as the value of a property.
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake CONTENT
    "if(@name@_found)\n  set_tests_properties(\${@name@_found} PROPERTIES LABELS \"@ARG_LABELS@\")\nendif()\n" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake)
endfunction()
