swim_test(wire_test
  LABELS unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/allocation_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/apps_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/byte_cursor_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/golden_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/hostile_input_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/labels_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/message_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/packet_test.cpp
    ${CMAKE_SOURCE_DIR}/tests/support/alloc_counter.cpp
  DEPS swim_wire)
target_compile_definitions(wire_test PRIVATE
  SWIM_WIRE_GOLDEN_DIR="${CMAKE_CURRENT_LIST_DIR}/golden")
