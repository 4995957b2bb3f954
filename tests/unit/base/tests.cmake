swim_test(base_test
  LABELS unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/assert_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/bytes_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/deadline_heap_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/endpoint_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/error_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/prng_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/ring_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/seed_spec_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/slab_test.cpp
    ${CMAKE_SOURCE_DIR}/tests/support/alloc_counter.cpp
  DEPS swim_base Threads::Threads)

# What several threads use at once: ThreadSanitizer watches these, see `./dev test tsan`.
swim_test(base_threads_test
  LABELS unit threads
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/buffer_pool_test.cpp
  DEPS swim_base Threads::Threads)
