swim_fuzz(fuzz_stream_receive
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_stream_receive.cpp
  DEPS swim_crypto
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/stream_receive)
swim_fuzz(fuzz_datagram_open
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_datagram_open.cpp
  DEPS swim_crypto
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/datagram_open)
