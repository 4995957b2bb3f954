swim_test(cli_test
  LABELS unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/child_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/display_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/duration_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/endpoints_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/line_batches_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/nearest_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/silence_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/table_test.cpp
  DEPS swim_cli Threads::Threads)

swim_test(cli_format_test
  LABELS unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/event_text_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/failure_text_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/json_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/member_view_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/story_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/times_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/wait_condition_test.cpp
  DEPS swim_cli_format)

swim_test(cli_simulate_test
  LABELS unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/simulate_settings_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/simulate_test.cpp
  DEPS swim_cli_simulate swim_server_base)
