swim_test(wire_property_test
  LABELS property
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/apps_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/codec_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/generated_values_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/generators_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/labels_property_test.cpp
  DEPS swim_wire rapidcheck rapidcheck_gtest)
