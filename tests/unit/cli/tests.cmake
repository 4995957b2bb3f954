swim_test(cli_test
  LABELS unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/display_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/duration_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/endpoints_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/nearest_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/table_test.cpp
  DEPS swim_cli)
