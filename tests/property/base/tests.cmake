swim_test(base_property_test
  LABELS property
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/buffer_pool_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/deadline_heap_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/endpoint_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/prng_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/ring_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/slab_property_test.cpp
  DEPS swim_base rapidcheck rapidcheck_gtest)
