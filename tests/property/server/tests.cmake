swim_test(server_property_test
  LABELS property
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/selection_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/subscribe_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/watch_property_test.cpp
  DEPS swim_server rapidcheck rapidcheck_gtest)
