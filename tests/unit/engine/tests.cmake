swim_test(engine_unit_test
  LABELS unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/answers_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/anti_entropy_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/earlier_run_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/formulas_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/broadcast_order_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/broadcast_runs_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/broadcasts_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/retained_broadcasts_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/tombstones_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/payloads_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/round_trip_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/transitions_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/member_events_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/pending_acks_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/level_queue_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/member_table_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/record_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/record_memory_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/reconcile_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/shown_run_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/timers_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/probe_cycle_test.cpp
    ${CMAKE_SOURCE_DIR}/tests/support/alloc_counter.cpp
  DEPS swim_engine)
