swim_test(engine_property_test
  LABELS property
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/app_changes_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/transitions_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/broadcast_order_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/containers_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/questions_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/reconcile_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/request_memory_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/stranger_places_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/hostile_peer_property_test.cpp
  DEPS swim_engine swim_sim_world rapidcheck rapidcheck_gtest)
