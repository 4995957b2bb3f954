swim_test(crypto_property_test
  LABELS property
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/box_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/replay_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/replay_window_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/stream_property_test.cpp
  DEPS swim_crypto rapidcheck rapidcheck_gtest)
