swim_test(crypto_test
  LABELS unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/aead_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/allocation_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/datagram_hostile_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/datagram_sealer_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/golden_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/key_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/keyring_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/known_answers_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/own_inboxes_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/replay_window_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/secure_stream_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/session_lifetime_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/stream_hostile_test.cpp
    ${CMAKE_SOURCE_DIR}/tests/support/alloc_counter.cpp
  DEPS swim_crypto)
