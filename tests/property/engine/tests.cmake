swim_test(engine_property_test
  LABELS property
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/transitions_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/containers_property_test.cpp
  DEPS swim_engine rapidcheck rapidcheck_gtest)
